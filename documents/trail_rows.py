"""Rows of the audit trail 审计记录行, read one by one: one that cannot be trusted hides no other.

What somebody put into the database by hand – an altered or a readable value, a number where words belong, a
moment beyond the calendar – makes the facts of that entry unreadable, or is shown as the nothing that it is.
The check of the trail says where; every page goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from bson.codec_options import CodecOptions, DatetimeConversion

from documents.encryption import OPEN, Encryption
from documents.envelopes import KeyUnfit, NotAuthentic
from documents.rules.trail import UNREADABLE

NO_MOMENT: Final = datetime(1970, 1, 1, tzinfo=UTC)
LAST_MOMENT: Final = datetime(9000, 1, 1, tzinfo=UTC)
WORDS: Final = ("by", "verb", "subject")
DIGESTS: Final = ("salt", "facts_hash", "hash", "seal")
SOUGHT: Final = ("cases", "words", "fields")  # the facts by which entries are found: numbers, digests, keys
FOREIGN: Final = frozenset({OPEN, "_cls"})  # no entry has these; whoever reads documents would heed them
Row = Mapping[str, Any]


def lenient(options: CodecOptions[Any]) -> CodecOptions[Any]:
    """How the rows come out of the database: whatever stands in one, the others come too."""
    return options.with_options(
        datetime_conversion=DatetimeConversion.DATETIME_CLAMP, unicode_decode_error_handler="replace"
    )


class TrailEncryption(Encryption):
    """The encrypted facts of the trail, opened as far as they can be."""

    def opened(self, row: Any) -> Any:
        """An entry, or what of it was asked for, fit to be shown."""
        return shown(self.told(row)) if row else row

    def told(self, row: Row) -> dict[str, Any]:
        """An entry as it stands, its facts opened or marked as unreadable 内容不能核验."""
        known = {name: value for name, value in row.items() if name not in FOREIGN}
        try:
            found = dict(super().opened(known))
        except NotAuthentic:
            return {**known, "facts": {UNREADABLE: True}}
        except KeyUnfit as unfit:
            if unfit.args != ("lost",):  # no key at all is no matter of one entry
                raise
            return {**known, "facts": {UNREADABLE: True}}
        if isinstance(found.get("facts") or {}, Mapping):
            return found
        return {**found, "facts": {UNREADABLE: True}}


def shown(row: Row) -> dict[str, Any]:
    """The row with everything of the kind that readers expect."""
    found = dict(row)
    for name in WORDS:
        if name in found and not isinstance(found[name], str):
            found[name] = str(found[name])
    for name in DIGESTS:
        if name in found and not isinstance(found[name], bytes):
            found[name] = None
    if isinstance(found.get("facts"), Mapping):
        found["facts"] = {name: _listed(name, value) for name, value in found["facts"].items()}
    for name in ("at", "last"):
        if name in found and not is_moment(found[name]):
            found[name] = NO_MOMENT
    return found


def _listed(name: str, value: Any) -> Any:
    """A fact that stands readable; of a list, the words."""
    is_list = name in SOUGHT and isinstance(value, list)
    return [one for one in value if isinstance(one, str)] if is_list else value


def is_moment(value: Any) -> bool:
    """Whether this is a moment that a page can show."""
    return isinstance(value, datetime) and NO_MOMENT <= value < LAST_MOMENT
