"""What the pages of the archive room share: their tabs, and the unit and year they keep."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l

from admin_views.base import Page
from admin_views.standing import may_do

# (key, words, address, what a role must grant)
TABS: tuple[tuple[str, Any, str, tuple[str, ...]], ...] = (
    ("shelf", _l("案卷"), "archive.index", ("archive",)),
    ("filing", _l("归档"), "filing.index", ("archive",)),
    ("numbers", _l("档号"), "numbers.index", ("archive",)),
    ("transfer", _l("年终移交"), "transfers.index", ("archive",)),
    ("loans", _l("借阅"), "lending.index", ("archive",)),
    ("disposal", _l("鉴定与销毁"), "disposal.index", ("archive",)),
    ("inspections", _l("四性检测"), "inspections.index", ("archive",)),
    ("fixity", _l("校验"), "fixity.index", ("archive", "administer")),
    ("register", _l("登记册"), "register.index", ("archive", "reports")),
)

ROOM, BESIDE_THE_MENU = "admin/archive/frame.html", "admin/reports/frame.html"


class ArchivePage(Page):
    """A page of the archive room 归档室; who has no right to the room comes to it from the side menu."""

    operations: ClassVar[tuple[str, ...]] = ("archive",)
    group = "archive"
    menu_entry = "archive"
    tab: ClassVar[str] = "shelf"

    def render(self, template: str, **kwargs: Any) -> str:
        """The page with its tabs; the unit and year stay the same from tab to tab."""
        here = kwargs.setdefault("here", None)
        kwargs.setdefault("tab", self.tab)
        kwargs["frame"] = ROOM if may_do("archive") else BESIDE_THE_MENU
        keep = here.place if here is not None else {}
        tabs = [
            (key, label, self.get_url(endpoint, **keep))
            for key, label, endpoint, needed in TABS
            if may_do(*needed)
        ]
        return super().render(template, tabs=tabs, **kwargs)
