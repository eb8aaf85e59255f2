"""The calendars and moments that the tests of time share; days off as the two notices state them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from documents.rules.calendars import WorkCalendar
from documents.rules.deadlines import Deadline

SHANGHAI = ZoneInfo("Asia/Shanghai")

# 国办发明电〔2024〕12号 (2024-11-12) for 2025; the notice of 2025-11-04 for 2026.
HOLIDAYS = [
    ("元旦", "2025-01-01", "2025-01-01"),
    ("春节", "2025-01-28", "2025-02-04"),
    ("清明节", "2025-04-04", "2025-04-06"),
    ("劳动节", "2025-05-01", "2025-05-05"),
    ("端午节", "2025-05-31", "2025-06-02"),
    ("国庆节、中秋节", "2025-10-01", "2025-10-08"),
    ("元旦", "2026-01-01", "2026-01-03"),
    ("春节", "2026-02-15", "2026-02-23"),
    ("清明节", "2026-04-04", "2026-04-06"),
    ("劳动节", "2026-05-01", "2026-05-05"),
    ("端午节", "2026-06-19", "2026-06-21"),
    ("中秋节", "2026-09-25", "2026-09-27"),
    ("国庆节", "2026-10-01", "2026-10-07"),
]
MAKEUP_DAYS = {
    "2025-01-26": "春节",
    "2025-02-08": "春节",
    "2025-04-27": "劳动节",
    "2025-09-28": "国庆节",
    "2025-10-11": "国庆节",
    "2026-01-04": "元旦",
    "2026-02-14": "春节",
    "2026-02-28": "春节",
    "2026-05-09": "劳动节",
    "2026-09-20": "国庆节",
    "2026-10-10": "国庆节",
}


def days(first: str, last: str) -> list[date]:
    """Every day from the first to the last."""
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return [begin + timedelta(days=offset) for offset in range((end - begin).days + 1)]


DAYS_OFF = {day.isoformat(): name for name, first, last in HOLIDAYS for day in days(first, last)}
BANK = WorkCalendar.from_definition(
    {"key": "bank", "days_off": DAYS_OFF, "makeup_days": MAKEUP_DAYS, "covered_years": [2025, 2026]}
)
# Exchanges stay shut on make-up weekends.
EXCHANGE = WorkCalendar.from_definition(
    {
        "key": "exchange",
        "week": [["09:30-11:30", "13:00-15:00"]] * 5 + [[], []],
        "days_off": DAYS_OFF,
        "covered_years": [2025, 2026],
    }
)
HOTLINE = WorkCalendar.from_definition({"key": "hotline", "week": [["00:00-24:00"]] * 7})


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """A moment written as the clock in Guangzhou shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def shown(moment: datetime | None, zone: ZoneInfo = SHANGHAI) -> str:
    """The moment as the clock in Guangzhou shows it, to the second where it is not :00."""
    if moment is None:
        return "never"
    local = moment.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M}" + (f":{local:%S}" if local.second else "")


def zh(deadline: Deadline) -> list[str]:
    """The Chinese explanation."""
    return [line.zh for line in deadline.explanation]


def en(deadline: Deadline) -> list[str]:
    """The English explanation."""
    return [line.en for line in deadline.explanation]
