"""The Flask-Admin screens of administrators and heads 管理页面."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Flask, redirect
from flask.typing import ResponseReturnValue
from flask_admin import Admin, expose
from flask_admin.theme import Theme
from flask_babel import lazy_gettext as _l

from admin_views.archive_room import ArchiveRoom
from admin_views.audit import AuditView
from admin_views.base import Page
from admin_views.calendar_alarms import calendar_alarms
from admin_views.calendars import CalendarsView
from admin_views.clock_and_jobs import ClockView, OutboxView, clock_alarm
from admin_views.designer import DesignerView
from admin_views.destructions import DestructionsView
from admin_views.due_list import DueView
from admin_views.duties import DutiesView
from admin_views.filing import FilingView
from admin_views.fixity import FixityView, fixity_alarm
from admin_views.gate import GateView
from admin_views.holds import HoldsView
from admin_views.inspections import InspectionsView
from admin_views.later_papers import LaterPapersView
from admin_views.lending import LendingView
from admin_views.number_pages import NumbersView
from admin_views.people import PeopleView
from admin_views.policies import PoliciesView
from admin_views.receiving import ReceivingView
from admin_views.register import RegisterView
from admin_views.reports import ReportsView
from admin_views.rights import RightsView
from admin_views.sign_ins import SignInRulesView
from admin_views.signatures import SignaturesView
from admin_views.signing_news import news
from admin_views.standing import may_do, may_do_instead, nameable_of, now
from admin_views.supervision import SupervisionView
from admin_views.timer_list import TimersView
from admin_views.transfers import TransferView
from admin_views.units import UnitsView
from admin_views.veils import veil
from admin_views.ways_out import WaysView
from admin_views.what_ifs import WhatIfsView
from admin_views.who_has_seen import SeenView
from documents.audit import AuditEntry
from documents.outbox import OutboxMessage
from documents.person import Person
from documents.timer import Timer
from jobs import queues

# The screens in the order of the side menu: (page, its name, its endpoint and address below /admin).
PAGES: tuple[tuple[Callable[..., Page], Any, str], ...] = (
    (SupervisionView, _l("各单位督办"), "supervision"),
    (DutiesView, _l("周期事项"), "duties"),
    (ArchiveRoom, _l("归档室"), "archive"),
    (FilingView, _l("归档"), "filing"),
    (LaterPapersView, _l("补充材料"), "later"),
    (NumbersView, _l("档号"), "numbers"),
    (TransferView, _l("年终移交"), "transfers"),
    (InspectionsView, _l("四性检测"), "inspections"),
    (SignaturesView, _l("系统签名"), "signatures"),
    (LendingView, _l("借阅"), "lending"),
    (DueView, _l("鉴定与销毁"), "disposal"),
    (DestructionsView, _l("销毁清册"), "destructions"),
    (HoldsView, _l("冻结"), "holds"),
    (ReceivingView, _l("接收意见"), "receiving"),
    (FixityView, _l("校验"), "fixity"),
    (RegisterView, _l("登记册"), "register"),
    (ReportsView, _l("报表"), "reports"),
    (UnitsView, _l("单位"), "units"),
    (partial(PeopleView, Person), _l("人员"), "people"),
    (RightsView, _l("权限查询"), "rights"),
    (SignInRulesView, _l("登录规则"), "sign_ins"),
    (CalendarsView, _l("工作日历"), "calendars"),
    (WhatIfsView, _l("变更预演"), "what_ifs"),
    (DesignerView, _l("制度设计"), "designer"),
    (GateView, _l("发布"), "gate"),
    (PoliciesView, _l("制度查阅"), "policies"),
    (ClockView, _l("时钟与任务"), "clock"),
    (partial(TimersView, Timer), _l("提醒明细"), "timers"),
    (partial(OutboxView, OutboxMessage), _l("发件箱"), "outbox"),
    (WaysView, _l("出口"), "ways"),
    (partial(AuditView, AuditEntry), _l("审计"), "audit"),
    (SeenView, _l("谁看过"), "seen"),
)


class FrontPage(Page):
    """The way in 管理: leads to the first page that the person may open."""

    operations = ("administer", "duties", "reports", "archive")

    def is_visible(self) -> bool:
        """Not a line of the side menu itself."""
        return False

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Go on to the first page."""
        first: Page = self._side_menu()[0][1][0]
        return redirect(first.address())


@dataclass(frozen=True)
class MenuEntry:
    """A word of the top bar that leads here 顶部菜单."""

    key: str
    label: Any
    endpoint: str
    operation: str
    passes: bool = False  # to a deputy 代办

    def allowed(self) -> bool:
        """Whether the person may use it."""
        return may_do(self.operation) or (self.passes and may_do_instead(self.operation))


MENU = (
    MenuEntry("duties", _l("周期事项"), "duties.index", "duties", passes=True),
    MenuEntry("archive", _l("归档室"), "archive.index", "archive"),
    MenuEntry("reports", _l("报表"), "reports.index", "reports"),
    MenuEntry("policies", _l("设计"), "designer.index", "administer"),
    MenuEntry("admin", _l("管理"), "admin.index", "administer"),
)


def mount(app: Flask) -> Admin:
    """Add the administration to the portal."""
    queues.connect(app.config["REDIS_URL"])
    front = FrontPage(endpoint="admin", url="/admin")
    admin = Admin(app, name="卷宗", index_view=front, theme=Theme("bootstrap4", "admin/base.html"))
    for page, name, endpoint in PAGES:
        admin.add_view(page(name=name, endpoint=endpoint, url=f"/admin/{endpoint}"))
    app.extensions["menu"].extend(MENU)
    app.add_template_global(lambda: calendar_alarms(now()), "calendar_alarms")
    app.add_template_global(lambda: clock_alarm(now()), "clock_alarm")
    app.add_template_global(fixity_alarm)
    app.add_template_filter(nameable_of, "nameable")
    app.add_template_filter(veil)
    app.add_template_global(lambda: news(now()), "signing_news")
    return admin
