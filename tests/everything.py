"""A policy with every type of field 全部栏目, for the tests: the shipped pack with one more form and step."""

from __future__ import annotations

import copy
from typing import Any

from documents.pack_files import definition as pack_definition

KEY = "everything"
STEP = "take_stock"
CONSENT = {
    "zh": "本人同意贵社为处理本次投诉，向有关单位核实本人的账户信息、交易流水"
    "和录音录像，并同意以短信方式接收办理进度。\n本同意可随时撤回，撤回不影响此前已进行的核实。",
    "en": "I agree that the bank, to handle this complaint, checks my accounts, transactions"
    " and recordings with the units concerned, and tells me of its progress by text message.\n"
    "I may withdraw this at any time.",
}
FORWARD = {
    "that": "empty(ends) or begins <= ends",
    "message": {"zh": "开始不能晚于结束。", "en": "Begins after its end."},
}
PAID = {"that": "paid <= owed", "message": {"zh": "已付不能多于应付。", "en": "More was paid than was owed."}}


def field(key: str, kind: str, zh: str, en: str, **more: Any) -> dict[str, Any]:
    """A field of our own."""
    return {"key": key, "type": kind, "label": {"zh": zh, "en": en}, "basis": "ours", **more}


def text(zh: str, en: str) -> dict[str, str]:
    """A text in both languages."""
    return {"zh": zh, "en": en}


PERSONAL, RESTRICTED = {"class": "personal"}, {"class": "restricted"}
PARTIES = [
    field("company", "text", "单位名称", "Organisation", max=60, width="full"),
    field("credit_code", "text", "统一社会信用代码", "Credit code", pattern="credit_code", search="exact"),
    field("card", "text", "银行卡号", "Bank card", pattern="bank_card", mask="account", **PERSONAL),
    field(
        "plate", "text", "车牌号", "Licence plate", pattern="licence_plate", hint=text("粤A12345", "粤A12345")
    ),
    field("telephone", "phone", "电话", "Telephone", mask="phone", search="exact", **{"class": "restricted"}),
    field("mail", "email", "电子邮箱", "E-mail", mask="email", **{"class": "restricted"}),
    field("identity", "id_number", "证件号码", "Identity number", mask="id_number", **RESTRICTED),
    field("place", "address", "地址", "Address"),
    field(
        *("home", "address", "住址", "Home"),
        parts=["province", "city", "county", "street", "detail"],
        parts_needed=["province", "detail"],
        search="text",
        **{"class": "personal"},
    ),
]
MEASURES = [
    field(
        "pieces", "number", "件数", "Pieces", min=1, places=0, unit_label=text("件", "pieces"), search="range"
    ),
    field("disputed", "money", "争议金额", "Amount in dispute", min=0, search="range"),
    field("rate", "percent", "费率", "Rate", places=2, search="range"),
    field("waited", "duration", "等候时长", "Time waited", search="range"),
    field(
        "begins", "date", "开始日期", "Begins", max="today", min="today-400", check=[FORWARD], search="range"
    ),
    field("ends", "date", "结束日期", "Ends"),
    field("at_counter", "time", "到柜时刻", "At the counter", min="08:00", max="18:00"),
    field("noticed_at", "datetime", "发现时间", "Noticed at"),
    field("total", "computed", "合计金额", "Total", value="sum(losses.owed)", **{"as": "money"}),
]
CHOICES = [
    field("urgent", "bool", "是否紧急", "Urgent", yes_label=text("需当日处理", "Today, please")),
    field("way", "choice", "来访方式", "Way", options="channels", default="visit"),
    field("wishes", "choices", "诉求", "Wishes", options="wishes", exclusive="none", max=2, search="exact"),
    field("subject", "tree", "事项", "Subject", options="categories"),
    field("colleague", "person", "协办人", "Colleague"),
    field("concerned", "unit", "涉及单位", "Unit concerned", kinds=["outlet", "department"]),
    field("earlier", "case", "关联投诉", "Earlier case"),
    field("unit_head", "lookup", "涉及单位负责人", "Its head", lookup={"of": "concerned", "field": "head"}),
    field(
        *("earlier_title", "lookup", "关联投诉事由", "Its subject"),
        lookup={"of": "earlier", "field": "title"},
        search="exact",
    ),
    field("old_note", "text", "旧栏目", "Old field", retired="2026-01-01"),
]
TABLE = field(
    *("losses", "table", "损失明细", "Losses"),
    rows={"min": 1, "max": 50},
    fields=[
        field("what", "text", "项目", "What", required=True, unique=True),
        field("owed", "money", "应付", "Owed", required=True),
        field("paid", "money", "已付", "Paid", check=[PAID]),
        field("share", "percent", "比例", "Share"),
        field("lasted", "duration", "时长", "Lasted"),
        field("day", "date", "日期", "Day"),
        field("why", "choice", "方式", "Way", options="channels", visible="paid > 0"),
    ],
)
VISITS = field(
    *("visits", "table", "走访地点", "Visits"),
    fields=[
        field("where", "address", "地点", "Where", parts=["county", "detail"], search="exact"),
        field("guard", "text", "安保", "Guard", mask="name", **{"class": "restricted"}),
    ],
)
FORM: dict[str, Any] = {
    "key": KEY,
    "title": text("全部栏目", "Everything"),
    "basis": "ours",
    "sections": [
        {
            "key": "open",
            "title": text("基本情况", "Basics"),
            "fields": [
                field(
                    "guide",
                    "note",
                    "请如实填写；带星号的必须填写。",
                    "Starred fields are needed.",
                ),
                field("headline", "text", "概要", "Headline", required=True, min=2, max=80, search="text"),
                field(
                    "register_number",
                    "series",
                    "登记编号",
                    "Register number",
                    numbering="stock",
                    search="exact",
                ),
                field("story", "longtext", "详情", "Story", max=2000),
            ],
        },
        {
            "key": "details",
            "title": text("详细情况", "Details"),
            "fields": [
                *CHOICES,
                field(
                    *("parties", "group", "客户与账户", "Customer and accounts"),
                    help=text("单位客户填写信用代码。", "Organisations give their credit code."),
                    fields=PARTIES,
                ),
                field(
                    *("measures", "group", "时间与金额", "Times and amounts"),
                    visible="way != 'letter'",
                    fields=[*MEASURES, TABLE, VISITS],
                ),
            ],
        },
        {
            "key": "closing",
            "title": text("附件与签名", "Files and signature"),
            "fields": [
                field(
                    "proofs",
                    "files",
                    "证明材料",
                    "Proofs",
                    max=2,
                    max_mb=1,
                    total_mb=1,
                    accept=[".pdf", ".jpg"],
                ),
                field("agreed", "consent", "个人信息处理同意书", "Consent", required=True, text=CONSENT),
                field("signed", "signature", "经办人签名", "Signature", required=True, of="actor"),
                field("customer_sign", "signature", "客户签名", "Customer's signature"),
            ],
        },
    ],
}
WISHES = [
    {"key": "refund", "label": text("退款", "Refund")},
    {"key": "apology", "label": text("道歉", "Apology")},
    {"key": "explain", "label": text("解释", "Explanation")},
    {"key": "none", "label": text("以上都不是", "None of these")},
]
LETTER: dict[str, Any] = {
    "key": "stock_letter",
    "title": text("核对函", "Letter of stock"),
    "signed_by": "union",
    "addressee": "{{ complainant_name }}",
    "paragraphs": [
        {
            "zh": "编号{{ register_number }}，费率{{ rate }}，等候{{ waited }}，{{ at_counter }}到柜，"
            "金额{{ disputed }}元，{{ pieces }}，负责人{{ unit_head }}，"
            "关联{{ earlier_title }}，签名{{ signed }}，住址{{ home }}。",
            "en": "Number {{ register_number }}.",
        }
    ],
    "basis": "ours",
}
# What a person types, by field; the page sends it under the names of its inputs.
TYPED: dict[str, Any] = {
    "headline": "柜面排队两小时，手续费与公示不符",
    "story": "客户到柜办理转账，排队两小时。\n手续费与大厅公示不一致。",
    "way": "visit",
    "wishes": ["refund", "apology"],
    "subject": "violation_fees",
    "colleague": "cd_handler",
    "concerned": "QH-CD",
    "urgent": "true",
    "company": "福州某某有限公司",
    "credit_code": "91350100m000100y43",
    "card": "4111 1111 1111 1111",
    "plate": "粤ad12345",
    "telephone": "０２０-88880123",
    "mail": "li@example.cn",
    "identity": "11010519491231002x",
    "place": "清河县城东路 1 号",
    "home-province": "福建省",
    "home-city": "福州市",
    "home-county": "鼓楼区",
    "home-street": "东街街道",
    "home-detail": "八一七北路 1 号",
    "pieces": "３",
    "disputed": "1，200.50",
    "rate": "12.5％",
    "waited": "1小时30分",
    "begins": "2026年2月4日",
    "ends": "2026-02-20",
    "at_counter": "上午9点半",
    "noticed_at": "2026/2/5 下午4点40分",
    "losses-0-what": "手续费",
    "losses-0-owed": "5",
    "losses-0-paid": "5",
    "losses-0-share": "50%",
    "losses-0-lasted": "45",
    "losses-0-day": "2026/2/4",
    "visits-0-where-county": "城关镇",
    "visits-0-where-detail": "1 号柜台",
    "visits-0-guard": "赵保安",
    "losses-0-why": "visit",
    "losses-2-what": "误工费",
    "losses-2-owed": "1,195.5",
    "losses-2-lasted": "2:00",
    "agreed": "zh",
    "signed": "王 敏",
    "customer_sign": "李小明",
}


def definition() -> dict[str, Any]:
    """The shipped pack under another key, with the form of every type, a step that fills it and a letter."""
    made = copy.deepcopy(pack_definition("p01"))
    made.pop("example", None)
    made.pop("scenarios", None)
    made["policy"] = {**made["policy"], "key": KEY}
    made["lists"]["wishes"] = WISHES
    # Two policies in one house give out numbers that differ.
    for one in made["numbering"]:
        one["pattern"] = f"QB-{one['pattern']}"
    made["numbering"].append(
        {
            "key": "stock",
            "label": text("核对编号", "Stock number"),
            "pattern": "HD-{yyyy}-{seq:4}",
            "reset": "year",
        }
    )
    made["forms"].append(copy.deepcopy(FORM))
    made["letters"].append(copy.deepcopy(LETTER))
    complaint = next(one for one in made["workflows"] if one["key"] == "complaint")
    complaint["transitions"].append(
        {
            "key": STEP,
            "label": text("核对全部栏目", "Take stock"),
            "from": ["received"],
            "to": "received",
            "who": [{"role": "clerk", "at": "received"}],
            "form": KEY,
            "effects": [{"letter": "stock_letter"}],
            "basis": "ours",
        }
    )
    return made
