"""What the pages of disposal share 鉴定与销毁: their own row of tabs, and what was typed into a form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from flask import request
from flask_babel import lazy_gettext as _l

from admin_views.archive_pages import ArchivePage
from documents.rules.broken import RuleBroken
from documents.rules.durations import written_day

PARTS: tuple[tuple[str, Any, str], ...] = (
    ("due", _l("到期鉴定"), "disposal.index"),
    ("lists", _l("销毁清册"), "destructions.index"),
    ("holds", _l("冻结"), "holds.index"),
)
LONGEST = 2_000


class DisposalPage(ArchivePage):
    """A page of 鉴定与销毁."""

    icon = "lock"
    tab = "disposal"
    part: ClassVar[str] = "holds"

    def is_visible(self) -> bool:
        """The side menu names only the first of these pages."""
        return self.endpoint == PARTS[0][2].partition(".")[0]

    def render(self, template: str, **kwargs: Any) -> str:
        """The page with the tabs of disposal below those of the archive room."""
        here = kwargs.get("here")
        keep = {"unit": here.unit.id} if here is not None else {}
        parts = [(key, label, self.get_url(endpoint, **keep)) for key, label, endpoint in PARTS]
        return super().render(template, parts=parts, part=self.part, **kwargs)


def typed(names: Sequence[str]) -> dict[str, str]:
    """What was typed, by field, no longer than anybody writes."""
    return {name: request.form.get(name, "").strip()[:LONGEST] for name in names}


def day_of(text: str) -> date:
    """The day that was typed; raises RuleBroken("day_missing")."""
    found = written_day(text)
    if found is None:
        raise RuleBroken("day_missing")
    return found
