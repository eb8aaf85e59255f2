"""People 人员: the list, and what may be changed of each account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from mongoengine import QuerySet

from admin_views.base import ListFilter, RecordList, Unfinished, confirmation, keep_form
from admin_views.forms import AbsenceForm, AccountForm
from admin_views.history import past_of
from admin_views.lockouts import failures_of
from admin_views.phrases import noted
from admin_views.standing import me, nameable_of, note_opened, now, numbers_in_sight, roles, said, zone
from admin_views.units import unit_choices
from documents.actions import absences, entering, second_factors, staffing, vouching
from documents.actions.staffing import NOBODY, Account, Posting
from documents.person import Absence, Person
from documents.rules.durations import written_moment
from documents.second_factor import has_factor
from documents.sign_in import SignIn, rule_for
from documents.unit import Unit, names_of

MOST_POSTS = 12
CASES_NAMED = 20
COMINGS = ("sign_in", "sign_out", "read", "read_list")  # would push every change off the page


class PostFilter(ListFilter):
    """People with a post of this role, or in this unit 岗位筛选."""

    def apply(self, query: QuerySet, value: Any) -> QuerySet:
        """Narrow the list."""
        return query.filter(**{f"posts__{self.column}": value})


class ActiveFilter(ListFilter):
    """People who may sign in, or may not 状态筛选."""

    def apply(self, query: QuerySet, value: Any) -> QuerySet:
        """Narrow the list."""
        return query.filter(active=value == "yes")


def role_words() -> dict[str, str]:
    """What the roles are called."""
    return {role["key"]: said(role["label"]) for role in roles()}


def posts_in_words(person: Person) -> list[str]:
    """The posts as 单位 岗位."""
    labels, units = role_words(), names_of([post.unit for post in person.posts])
    return [
        f"{said(units.get(post.unit, post.unit))} {labels.get(post.role, post.role)}" for post in person.posts
    ]


def standing_words(person: Person) -> str:
    """Whether the person is at work, away, or closed out."""
    if not person.active:
        return str(_("已停用"))
    return str(_("请假中")) if person.is_absent(now()) else str(_("在岗"))


class PeopleView(RecordList):
    """All accounts."""

    group = "organisation"
    icon = "person"
    can_export = True
    details_view = None  # a person's page is `show`; Flask-Admin's would tell every stored value
    list_template = "admin/people/list.html"
    column_list = ("name", "login", "posts", "email", "active")
    column_labels = {
        "name": _l("姓名"),
        "login": _l("登录名"),
        "posts": _l("岗位"),
        "email": _l("邮箱"),
        "active": _l("状态"),
    }
    column_sortable_list = ("name", "login")
    column_default_sort = ("name", False)
    column_searchable_list = ("name", "login")
    search_hint = _l("搜索姓名、登录名")
    column_filters = (
        PostFilter("unit", _l("单位"), unit_choices),
        PostFilter("role", _l("岗位"), lambda: list(role_words().items())),
        ActiveFilter("active", _l("状态"), (("yes", _l("在用")), ("no", _l("已停用")))),
    )
    column_formatters = {
        "posts": lambda _view, _context, person, _name: Markup("<br>").join(
            map(escape, posts_in_words(person))
        ),
        "active": lambda _view, _context, person, _name: _chip(person),
        "email": lambda _view, _context, person, _name: person.email or "",
    }
    column_formatters_export = {
        "posts": lambda _view, _context, person, _name: _("；").join(posts_in_words(person)),
        "active": lambda _view, _context, person, _name: standing_words(person),
    }

    def row_address(self, record: Any) -> str:
        """A row leads to the person's page."""
        return str(self.get_url(".show", person_id=record.id))

    def note_list(self, records: Sequence[Any]) -> None:
        """Addresses of people are looked at."""
        note_opened("people", "people", "read_list", people=[one.id for one in records])

    def note_details(self, record: Any) -> None:
        """The same of one person."""
        note_opened(f"person:{record.id}", "people")

    @expose("/new", methods=("GET", "POST"))
    def new(self) -> ResponseReturnValue:
        """Create an account; its first password is shown once."""
        form = AccountForm(request.form)
        page = keep_form(self, "admin/people/new.html", form=form, **post_choices(sent_posts()))
        if request.method == "GET" or not form.validate():
            return page.shown(), 200 if request.method == "GET" else 422
        person, password = staffing.create_person(account_of(form), sent_posts(), actor=me(), now=now())
        return self.render("admin/people/password.html", one=person, password=password, fresh=True)

    @expose("/<person_id>", methods=("GET", "POST"))
    def show(self, person_id: str) -> ResponseReturnValue:
        """One person; sending the form changes the account."""
        page = self._opened(person_id, request.form)
        form = page.given["form"]
        listed = sorted(case.number for case in page.given["cases"][:CASES_NAMED])
        note_opened(f"person:{person_id}", "people", cases=listed)
        if request.method == "GET" or not form.validate():
            return page.shown(), 200 if request.method == "GET" else 422
        staffing.change_account(person_id, account_of(form), actor=me(), now=now())
        return self._done(person_id, _("已保存：%(name)s", name=form.name.data))

    @expose("/<person_id>/posts", methods=("POST",))
    def posts(self, person_id: str) -> ResponseReturnValue:
        """Set the posts."""
        page = self._opened(person_id)
        page.given.update(post_choices(sent_posts()))
        staffing.set_posts(person_id, sent_posts(), actor=me(), now=now())
        return self._done(person_id, _("岗位已调整，立即生效。"))

    @expose("/<person_id>/absence", methods=("POST",))
    def absence(self, person_id: str) -> ResponseReturnValue:
        """Note a time away."""
        page = self._opened(person_id)
        form = page.given["absence"] = AbsenceForm(request.form)
        form.deputy.offer(people_choices(person_id))
        if not form.validate():
            return page.shown(), 422
        away = Absence(
            starts=start_of(form.starts.data), ends=end_of(form.ends.data), deputy=form.deputy.data or None
        )
        absences.add_absence(person_id, away, actor=me(), now=now())
        return self._done(person_id, _("请假已登记，期间的提醒发给代办人。"))

    @expose("/<person_id>/absence/cancel", methods=("POST",))
    def cancel_absence(self, person_id: str) -> ResponseReturnValue:
        """Take an absence back."""
        self._opened(person_id)
        starts = moment_of(request.form.get("starts", ""))
        absences.cancel_absence(person_id, starts, actor=me(), now=now())
        return self._done(person_id, _("请假已取消。"))

    @expose("/<person_id>/password", methods=("POST",))
    def password(self, person_id: str) -> ResponseReturnValue:
        """Give a new password, shown once."""
        person = self._opened(person_id).given["one"]
        words = _("重设“%(name)s”的密码？对方现有的登录立即失效。", name=person.name)
        asked = confirmation(self, words, _("重设密码"))
        if asked:
            return asked
        password = staffing.reset_password(person_id, actor=me(), now=now())
        return self.render("admin/people/password.html", one=person, password=password, fresh=False)

    @expose("/<person_id>/sign-ins/<sign_in>/end", methods=("POST",))
    def end_sign_in(self, person_id: str, sign_in: str) -> ResponseReturnValue:
        """End one sign-in of the person."""
        self._opened(person_id)
        entering.end(sign_in, person_id, actor=me(), now=now())
        return self._done(person_id, _("该设备已退出登录。"))

    @expose("/<person_id>/sign-ins/end", methods=("POST",))
    def end_sign_ins(self, person_id: str) -> ResponseReturnValue:
        """End every sign-in of the person."""
        self._opened(person_id)
        words = _("让此人在所有设备上退出登录？填写中的内容会保留到重新登录。")
        asked = confirmation(self, words, _("退出所有设备"))
        if asked:
            return asked
        count = entering.end_all(person_id, by=me().id, now=now())
        return self._done(person_id, _("已退出 %(count)s 台设备。", count=count))

    @expose("/<person_id>/factor/reset", methods=("POST",))
    def reset_factor(self, person_id: str) -> ResponseReturnValue:
        """Take the second factor away from whoever lost it."""
        self._opened(person_id)
        words = _("重置此人的两步验证？之后只凭密码即可登录并重新设置。")
        asked = confirmation(self, words, _("重置两步验证"))
        if asked:
            return asked
        second_factors.reset(person_id, request.form.get("reason", "")[:200], actor=me(), now=now())
        return self._done(person_id, _("两步验证已重置，此人的登录已全部退出。"))

    @expose("/<person_id>/provider/release", methods=("POST",))
    def release_provider(self, person_id: str) -> ResponseReturnValue:
        """Release the account from its subject at the sign-on provider."""
        self._opened(person_id)
        words = _("解除此人的统一登录绑定？下次以此登录名从统一登录进来的账号将重新绑定。")
        asked = confirmation(self, words, _("解除绑定"))
        if asked:
            return asked
        vouching.release(person_id, actor=me(), now=now())
        return self._done(person_id, _("统一登录绑定已解除，此人的登录已全部退出。"))

    @expose("/<person_id>/deactivate", methods=("POST",))
    def deactivate(self, person_id: str) -> ResponseReturnValue:
        """Close the account, handing its open cases over."""
        person = self._opened(person_id).given["one"]
        words = _("停用“%(name)s”的账号？停用后不能登录，历史记录保留。", name=person.name)
        asked = confirmation(self, words, _("停用账号"))
        if asked:
            return asked
        receiver = request.form.get("receiver") or None
        cases = staffing.deactivate(person_id, receiver=receiver, actor=me(), now=now())
        return self._done(person_id, _("账号已停用，移交在办投诉 %(count)s 件。", count=cases))

    @expose("/<person_id>/activate", methods=("POST",))
    def activate(self, person_id: str) -> ResponseReturnValue:
        """Open the account again."""
        self._opened(person_id)
        staffing.activate(person_id, actor=me(), now=now())
        return self._done(person_id, _("账号已恢复。"))

    def _opened(self, person_id: str, sent: Any = None) -> Unfinished:
        """The person's page, to be shown, or shown again after a refusal."""
        person: Person | None = Person.objects(id=person_id).first()
        if person is None:
            abort(404)
        account = {
            name: getattr(person, name) or "" for name in ("name", "login", "email", "phone", "language")
        }
        form, absence = AccountForm(sent, data=account), AbsenceForm()
        cases = nameable_of(staffing.open_cases_of(person_id))
        absence.deputy.offer(people_choices(person_id))
        held = [(post.role, post.unit) for post in person.posts]
        given = {"one": person, "form": form, "absence": absence, "cases": cases}
        around = {
            "seen": numbers_in_sight(case.number for case in cases[:CASES_NAMED]),
            "most_named": CASES_NAMED,
            "past": past_of(f"person:{person_id}", without=COMINGS),
            "standing": standing_words(person),
            "nobody": NOBODY,
            "receivers": people_choices(person_id),
            **signing_of(person),
        }
        return keep_form(self, "admin/people/person.html", **given, **around, **post_choices(held))

    def _done(self, person_id: str, words: str) -> ResponseReturnValue:
        flash(words, "good")
        return redirect(self.get_url(".show", person_id=person_id))


def signing_of(person: Person) -> dict[str, Any]:
    """With what the person is signed in, and the second factor."""
    return {
        "person_id": person.id,
        "bound_at": person.bound_at,
        "oneself": person.id == me().id,
        "sign_ins": SignIn.of(person.id, now()),
        "failures": failures_of(person.id, now()),
        "factor": has_factor(person.id),
        "factor_asked": rule_for(person).factor,
    }


def _chip(person: Person) -> Markup:
    tone = "outline" if not person.active else "amber" if person.is_absent(now()) else "green"
    return Markup('<span class="chip {}">{}</span>').format(tone, standing_words(person))


def account_of(form: AccountForm) -> Account:
    """The account as it was typed."""
    given: Mapping[str, Any] = form.data
    return Account(
        **{name: (given[name] or "").strip() for name in ("login", "name", "email", "phone", "language")}
    )


def sent_posts() -> list[Posting]:
    """The posts that were sent, empty rows left out."""
    roles_sent, units_sent = request.form.getlist("post_role"), request.form.getlist("post_unit")
    rows = list(zip(roles_sent, units_sent, strict=False))[:MOST_POSTS]
    return [(role, unit) for role, unit in rows if role or unit]


def post_choices(held: list[Posting]) -> dict[str, Any]:
    """What the rows of posts need: those held, and what may be chosen."""
    return {"held": held, "role_choices": list(role_words().items()), "unit_choices": unit_choices()}


def people_choices(without: str) -> list[tuple[str, str]]:
    """Whom one may name, with their unit."""
    people = list(Person.objects(active=True, id__ne=without).order_by("name").only("id", "name", "posts"))
    units = {unit.id: said(unit.name) for unit in Unit.objects.only("id", "name")}
    places = {one.id: units.get(one.posts[0].unit, "") if one.posts else "" for one in people}
    return [("", _("未指定")), *((one.id, noted(one.name, places[one.id])) for one in people)]


def start_of(day: Any) -> datetime:
    """The beginning of a local day."""
    return datetime.combine(day, time(0), zone())


def end_of(day: Any) -> datetime:
    """The last second of a local day."""
    return datetime.combine(day, time(23, 59, 59), zone())


def moment_of(text: str) -> datetime:
    """A moment from a hidden field; rubbish is a moment that nothing has."""
    moment = written_moment(text) or datetime(1970, 1, 1, tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone())
