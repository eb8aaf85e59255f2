"""The formats 格式 that a text field may ask for: a closed table, so that nobody writes regular expressions.

Each is checked in time linear in the text, and takes what people type: full-width characters, and spaces
or hyphens where numbers are printed in pieces.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

_PIECES = re.compile(r"[\s\-‐-—·]+")
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE = re.compile(
    rf"[{PROVINCES}][A-HJ-NP-Z](?:[A-HJ-NP-Z0-9]{{4}}[A-HJ-NP-Z0-9挂学警港澳]"
    r"|[A-HJK][A-HJ-NP-Z0-9][0-9]{4}|[0-9]{5}[A-HJK])"
)
CREDIT_DIGITS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True)
class Pattern:
    """A format: what it is called, what to say when a text is not of it, and how it is read."""

    words: tuple[str, str]
    message: Mapping[str, str]
    read: Callable[[str], str | None]


def _whole(shape: str | re.Pattern[str], tidy: Callable[[str], str]) -> Callable[[str], str | None]:
    compiled = re.compile(shape)

    def read(text: str) -> str | None:
        value = tidy(unicodedata.normalize("NFKC", text).strip())
        return value if compiled.fullmatch(value) else None

    return read


def _joined(text: str) -> str:
    return _PIECES.sub("", text)


def _upper(text: str) -> str:
    return _joined(text).upper()


def luhn_holds(number: str) -> bool:
    """The check digit of a bank card number 银行卡号 (ISO/IEC 7812-1, annex B: double-add-double)."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def credit_code_holds(code: str) -> bool:
    """The check character of an organisation's unified social credit code 统一社会信用代码 (GB 32100-2015).

    The weight of position i is 3^(i−1) mod 31; the digits leave out I, O, S, V and Z.
    """
    total = sum(CREDIT_DIGITS.index(char) * pow(3, place, 31) % 31 for place, char in enumerate(code[:17]))
    return CREDIT_DIGITS[-total % 31] == code[17]


def id_number_holds(number: str) -> bool:
    """The check character of an 18-digit identity number 公民身份号码 (GB 11643-1999, ISO 7064 MOD 11-2)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))
    return "10X98765432"[total % 11] == number[-1]


def _and(read: Callable[[str], str | None], holds: Callable[[str], bool]) -> Callable[[str], str | None]:
    def both(text: str) -> str | None:
        value = read(text)
        return value if value is not None and holds(value) else None

    return both


def _pattern(words: tuple[str, str], zh: str, en: str, read: Callable[[str], str | None]) -> Pattern:
    return Pattern(words, {"zh": zh, "en": en}, read)


PATTERNS: Final[Mapping[str, Pattern]] = MappingProxyType(
    {
        "digits": _pattern(
            ("数字", "Digits"), "只能填写数字。", "Digits only, please.", _whole(r"[0-9]+", _joined)
        ),
        "letters": _pattern(
            ("英文字母", "Letters"),
            "只能填写英文字母。",
            "Letters A–Z only, please.",
            _whole(r"[A-Za-z]+", str),
        ),
        "letters_digits": _pattern(
            ("字母和数字", "Letters and digits"),
            "只能填写英文字母和数字。",
            "Letters A–Z and digits only, please.",
            _whole(r"[A-Za-z0-9]+", str),
        ),
        "chinese": _pattern(
            ("汉字", "Chinese characters"),
            "只能填写汉字，姓名中可用间隔号“·”。",
            "Chinese characters only, please; a name may hold “·”.",
            _whole(r"[㐀-䶿一-鿿豈-﫿〇·]+", str),
        ),
        "mobile": _pattern(
            ("手机号码", "Mobile number"),
            "手机号码应为 11 位数字，例如 138 0000 0000。",
            "A mobile number has 11 digits, such as 138 0000 0000.",
            _whole(r"1[3-9][0-9]{9}", lambda text: _joined(text).removeprefix("+86")),
        ),
        "postcode": _pattern(
            ("邮政编码", "Postcode"),
            "邮政编码应为 6 位数字。",
            "A postcode has 6 digits.",
            _whole(r"[0-9]{6}", _joined),
        ),
        "account_number": _pattern(
            ("账号", "Account number"),
            "账号应为 6 至 34 位数字或字母，请核对。",
            "An account number has 6 to 34 digits or letters. Please check it.",
            _whole(r"[A-Z0-9]{6,34}", _upper),
        ),
        "bank_card": _pattern(
            ("银行卡号", "Bank card number"),
            "银行卡号不正确：应为 12 至 19 位数字且末位校验相符，请核对是否抄写有误。",
            "This is no valid card number: it has 12 to 19 digits, the last of which checks the others."
            " Please compare it with the card.",
            _and(_whole(r"[0-9]{12,19}", _joined), luhn_holds),
        ),
        "credit_code": _pattern(
            ("统一社会信用代码", "Organisation credit code"),
            "统一社会信用代码不正确：应为 18 位且末位校验相符，请核对是否抄写有误。",
            "This is no valid organisation credit code: it has 18 characters, the last of which checks the"
            " others. Please compare it with the licence.",
            _and(
                _whole(rf"[{CREDIT_DIGITS}]{{2}}[0-9]{{6}}[{CREDIT_DIGITS}]{{10}}", _upper), credit_code_holds
            ),
        ),
        "licence_plate": _pattern(
            ("车牌号", "Licence plate"),
            "车牌号不正确，例如 粤A12345；新能源 粤AD12345。",
            "This is no licence plate; one looks like 粤A12345, or 粤AD12345 for new energy.",
            _whole(_PLATE, _upper),
        ),
        "passport": _pattern(
            ("护照号码", "Passport number"),
            "护照号码应为 5 至 12 位字母和数字。",
            "A passport number has 5 to 12 letters and digits.",
            _whole(r"[A-Z0-9]{5,12}", _upper),
        ),
        "latin_name": _pattern(
            ("英文姓名", "Name in Latin letters"),
            "请用英文字母填写姓名。",
            "Please write the name in Latin letters.",
            _whole(r"[A-Za-z][A-Za-z .,'\-]*", str),
        ),
        "document_number": _pattern(
            ("文号", "Document number"),
            "文号只能含汉字、字母、数字、括号和横线，例如 清联发〔2026〕12号。",
            "A document number holds characters, letters, digits, brackets and hyphens: 清联发〔2026〕12号.",
            _whole(r"[㐀-䶿一-鿿A-Za-z0-9〔〕\[\]()（）\-—/]+", str),
        ),
    }
)
