"""两步验证: set up with an authenticator, renew recovery codes, give it up."""

from __future__ import annotations

from typing import Any

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from markupsafe import Markup

from documents.actions import second_factors
from documents.rules.broken import RuleBroken
from documents.second_factor import address_of, has_factor, typed_key
from portal.attempts import forget
from portal.clock import now
from portal.signing_in import inside, me, my_sign_in, opens_before
from portal.views.signing_in import CODE_PROBLEMS, FOR_AN_ACCOUNT, is_closed, note_failure

second_factor_pages = Blueprint("second_factor", __name__)
TOO_MANY = _l("尝试次数过多，请 15 分钟后再试，或联系管理员重置两步验证。")


@second_factor_pages.get("/second-factor")
@opens_before("second_factor")
def set_up() -> ResponseReturnValue:
    """The secret as a picture and for typing, and a field for the first code."""
    if has_factor(me().id):
        return redirect(url_for("profile.profile", _anchor="second-factor"))
    return set_up_page()


def set_up_page(problem: Any = None) -> str:
    """The page; the secret stays the same while it is open."""
    secret = second_factors.prepare(me().id, my_sign_in())
    given = {"picture": picture_of(address_of(secret, me().login)), "key": typed_key(secret)}
    owed = current_user.sign_in.get("owes_factor")
    goal = inside(request.values.get("next")) if owed else ""
    return render_template("second_factor.html", next=goal, owed=owed, problem=problem, **given)


def picture_of(address: str) -> Markup:
    """The QR code 二维码 as a drawing in the page: nothing is asked of another server."""
    drawn = segno.make(address, error="m", micro=False)
    return Markup(drawn.svg_inline(scale=5, border=4, light="#fff", dark="#000", omitsize=True))  # noqa: S704


@second_factor_pages.post("/second-factor")
@opens_before("second_factor")
def confirm() -> ResponseReturnValue:
    """A right code switches it on; the recovery codes are shown this once."""
    # Not the door of the codes: whoever closed that, and was given a new beginning, comes here next.
    door, code = f"signing-in:set-up:{me().id}", request.form.get("code", "")[:40]
    if is_closed({door: FOR_AN_ACCOUNT}, me().login):
        return set_up_page(TOO_MANY), 429
    try:
        fresh = second_factors.confirm(me(), my_sign_in(), code, now=now())
    except RuleBroken as error:
        if error.code != "code_wrong":
            raise
        return set_up_page(_l("验证码不正确。请核对手机时间，输入验证器上现在显示的 6 位数字。")), 422
    forget(door)
    return codes_page(fresh, fresh=True)


def door_of() -> str:
    """Where the attempts of the person are counted."""
    return f"signing-in:code:{me().id}"


def codes_page(codes: list[str], *, fresh: bool = False) -> str:
    """The recovery codes, to be printed, kept as a file or written down."""
    return render_template(
        "recovery_codes.html", codes=codes, fresh=fresh, next=inside(request.form.get("next"))
    )


@second_factor_pages.post("/second-factor/codes")
def renew() -> ResponseReturnValue:
    """换发恢复码."""
    return with_code(lambda code: codes_page(second_factors.renew_codes(me().id, code, now=now())))


@second_factor_pages.post("/second-factor/remove")
def remove() -> ResponseReturnValue:
    """停用或更换验证器."""

    def done(code: str) -> ResponseReturnValue:
        second_factors.remove(me().id, code, now=now())
        flash(_l("两步验证已停用。"), "good")
        return redirect(url_for("profile.profile"))

    return with_code(done)


def with_code(act: Any) -> ResponseReturnValue:
    """Do it with the code that was typed; a wrong one is counted and told."""
    door = door_of()
    if is_closed({door: FOR_AN_ACCOUNT}, me().login):
        flash(TOO_MANY, "danger")
        return redirect(url_for("profile.profile"))
    try:
        answer: ResponseReturnValue = act(request.form.get("code", "")[:40])
    except RuleBroken as error:
        note_failure("factor_failed", me(), why=error.code)
        flash(CODE_PROBLEMS[error.code], "danger")
        return redirect(url_for("profile.profile"))
    forget(door)
    return answer
