"""My account 我的账户: language, theme, password, absence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from documents import audit
from documents.actions import absences, entering, habits
from documents.database import transaction
from documents.person import Absence, Person
from documents.rules.broken import RuleBroken
from documents.rules.durations import written_day
from documents.rules.own_addresses import is_own
from documents.rules.policy import PolicyView
from documents.rules.telling import Telling
from documents.second_factor import SecondFactor
from documents.sign_in import SignIn
from documents.unit import Unit
from portal.attempts import forget
from portal.clock import now, zone
from portal.messages import what_happened
from portal.passwords import password_fits, passwords
from portal.signing_in import inside, me, my_sign_in, open_to_strangers, opens_before
from portal.standing import policies, roles
from portal.views.signing_in import FOR_AN_ACCOUNT, is_closed, note_failure

profile_pages = Blueprint("profile", __name__)
SHORTEST_PASSWORD = 10
LONGEST = 60
WISHED = ("phone", "quiet_from", "quiet_to", "digest_at")


@dataclass
class ProfilePage:
    """The account page, and what was typed into one of its forms when it comes back."""

    typed: dict[str, Any] = field(default_factory=dict)
    problem: str = ""

    def shown(self) -> str:
        """The page."""
        person = me()
        units = Unit.many(post.unit for post in person.posts)
        labels = {role["key"]: role["label"] for role in roles()}
        posts = [(labels.get(post.role, post.role), units.get(post.unit)) for post in person.posts]
        given = {"page": self, "told": telling_of(policies()), "posts": posts, "colleagues": colleagues()}
        factor = SecondFactor.objects(id=person.id, secret__ne=None).first()
        signing = {"sign_ins": SignIn.of(person.id, now()), "here": my_sign_in(), "factor": factor}
        return render_template("profile.html", **given, **signing)

    def shown_again(self, error: RuleBroken) -> str:
        """The same after a refusal."""
        self.problem = str(what_happened(error))
        return self.shown()


@profile_pages.get("/profile")
def profile() -> ResponseReturnValue:
    """The account page."""
    return ProfilePage().shown()


def telling_of(found: Iterable[PolicyView]) -> list[tuple[PolicyView, Telling]]:
    """How each policy tells people where a person has chosen nothing."""
    return [(policy, Telling.of(policy.definition)) for policy in found]


def colleagues() -> list[Person]:
    """Who may stand in: the active people of the same units."""
    units = [post.unit for post in me().posts]
    found = Person.objects(active=True, posts__unit__in=units, id__ne=me().id).order_by("name").limit(200)
    return list(found)


@profile_pages.get("/keys")
def keys() -> ResponseReturnValue:
    """Every key of the portal."""
    return render_template("keys.html")


@profile_pages.post("/look")
@open_to_strangers
def choose_look() -> ResponseReturnValue:
    """Switch language or theme; kept on the account, or in the session before signing in."""
    chosen = {"language": request.form.get("language"), "theme": request.form.get("theme")}
    allowed = {"language": ("zh", "en"), "theme": ("light", "dark", "system")}
    for name, value in chosen.items():
        if value in allowed[name]:
            session[name] = value
            if current_user.is_authenticated:
                Person.objects(id=me().id).update(**{f"set__{name}": value})
    if not current_user.is_authenticated:
        return redirect(_sign_in_page())
    return redirect(inside(request.form.get("next")))


def _sign_in_page() -> str:
    asked = request.form.get("next", "")
    return asked if is_own(asked) and asked.startswith("/sign-in") else url_for("signing_in.sign_in")


@profile_pages.post("/profile/password")
def change_password() -> ResponseReturnValue:
    """A new password signs the person out everywhere else."""
    door = f"signing-in:own-password:{me().id}"
    if is_closed({door: FOR_AN_ACCOUNT}, me().login):
        flash(_l("尝试次数过多，密码没有更改。请 15 分钟后再试。"), "danger")
    elif not password_fits(me(), request.form.get("old", "")):
        note_failure("password_failed", me())
        flash(_l("现密码不正确，密码没有更改。"), "danger")
    else:
        forget(door)
        _choose_password()
    return redirect(url_for("profile.profile"))


def _choose_password() -> None:
    if wrong := wrong_with(request.form.get("new", "")):
        flash(wrong, "danger")
        return
    _keep_password(request.form["new"])
    flash(_l("密码已更改，其他设备上的登录已失效。"), "good")


def wrong_with(new: str) -> Any:
    """Why this cannot be the new password, or nothing."""
    if len(new) < SHORTEST_PASSWORD:
        return _l("新密码至少 %(count)s 位，密码没有更改。", count=SHORTEST_PASSWORD)
    if new != request.form.get("again", ""):
        return _l("两次输入的新密码不一致，密码没有更改。")
    return None


def _keep_password(new: str) -> None:
    """Every other sign-in of the person ends with it."""
    changed = {"set__password_hash": passwords.hash(new), "set__password_once": False}

    def run() -> None:
        Person.objects(id=me().id).update(**changed)
        entering.end_all(me().id, but=my_sign_in(), by=me().id, now=now())
        audit.note("change_password", f"person:{me().id}", by=me().id, at=now())

    transaction(run)


@profile_pages.post("/profile/sign-ins/<sign_in>/end")
def end_sign_in(sign_in: str) -> ResponseReturnValue:
    """退出此设备: end one sign-in; one's own by signing out."""
    if sign_in == my_sign_in():
        return redirect(url_for("profile.profile"))
    entering.end(sign_in, me().id, actor=me(), now=now())
    flash(_l("该设备已退出登录。"), "good")
    return redirect(url_for("profile.profile"))


@profile_pages.post("/profile/sign-ins/end-others")
def end_other_sign_ins() -> ResponseReturnValue:
    """退出其他所有设备."""
    count = entering.end_all(me().id, but=my_sign_in(), by=me().id, now=now())
    flash(_l("已退出其他 %(count)s 台设备。", count=count), "good")
    return redirect(url_for("profile.profile"))


@profile_pages.get("/own-password")
@opens_before("own_password")
def own_password() -> ResponseReturnValue:
    """设置自己的密码: who was given a one-time password chooses one that nobody else knows."""
    goal = inside(request.args.get("next"))
    return render_template("own_password.html", next=goal) if me().password_once else redirect(goal)


@profile_pages.post("/own-password")
@opens_before("own_password")
def choose_own_password() -> ResponseReturnValue:
    """Keep it, and go on to where the person wanted to go."""
    goal, new = inside(request.form.get("next")), request.form.get("new", "")
    if not me().password_once:
        return redirect(goal)
    wrong = wrong_with(new)
    if not wrong and password_fits(me(), new):
        wrong = _l("这是管理员给您的一次性密码，请换一个只有您知道的。")
    if wrong:
        return render_template("own_password.html", next=goal, problem=wrong), 422
    _keep_password(new)
    current_app.extensions["settings"].first_password.unlink(missing_ok=True)
    flash(_l("密码已设置，今后用它登录。"), "good")
    return redirect(goal)


@profile_pages.post("/profile/telling")
def choose_telling() -> ResponseReturnValue:
    """Choose how one is told outside the portal."""
    texts = {name: request.form.get(name, "").strip() for name in WISHED}
    ways = tuple(request.form.getlist("ways"))
    g.unfinished = ProfilePage({**{name: text[:LONGEST] for name, text in texts.items()}, "ways": ways})
    habits.choose(me().id, habits.Wishes(ways=ways, **texts), actor=me(), now=now())
    flash(_l("通知设置已保存。"), "good")
    return redirect(url_for("profile.profile"))


@profile_pages.post("/profile/absence")
def plan_absence() -> ResponseReturnValue:
    """Say when one is away and who stands in: reminders go to the deputy too."""
    typed = {name: request.form.get(name, "")[:LONGEST] for name in ("starts", "ends", "deputy")}
    page = g.unfinished = ProfilePage(typed)
    starts, ends = _day("starts"), _day("ends")
    if starts is None or ends is None:
        page.problem = str(_l("请填写请假的起止日期。"))
        return page.shown(), 422
    away = Absence(
        starts=_moment(starts, time(0)),
        ends=_moment(ends, time(23, 59, 59)),
        deputy=request.form.get("deputy") or None,
    )
    absences.add_absence(me().id, away, actor=me(), now=now())
    if away.deputy:
        flash(_l("请假已登记，期间的提醒同时发给代办人。"), "good")
    else:
        flash(_l("请假已登记。没有指定代办人，期间无人代您办理。"), "warning")
    return redirect(url_for("profile.profile"))


@profile_pages.post("/profile/absence/<int:index>/delete")
def cancel_absence(index: int) -> ResponseReturnValue:
    """Take back an absence."""
    planned = list(me().absences)
    starts = planned[index].starts if index < len(planned) else None
    if starts is None or request.form.get("starts", starts.isoformat()) != starts.isoformat():
        flash(_l("请假安排已有变动，没有取消。请核对后再取消。"), "warning")
    else:
        absences.cancel_absence(me().id, starts, actor=me(), now=now())
        flash(_l("请假已取消。"), "good")
    return redirect(url_for("profile.profile"))


def _day(name: str) -> date | None:
    return written_day(request.form.get(name))


def _moment(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, zone())
