"""Refusals and errors 错误页: every one says what happened, why, and what to do next."""

from __future__ import annotations

import logging
from urllib.parse import quote

from flask import Flask, Response, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from mongoengine.errors import OperationError
from pymongo.errors import ConnectionFailure, PyMongoError
from werkzeug.exceptions import HTTPException, NotFound, SecurityError

from documents.files import NotKept
from documents.rules.breakage import places
from documents.rules.broken import PolicyInvalid, RuleBroken
from portal.held import becomes_draft, keep_draft, owner_of
from portal.kept_words import forget_the_person, kept_words, to_send_again
from portal.messages import status_of, what_happened
from portal.signing_in import ask_to_sign_in, me

log = logging.getLogger(__name__)

PAGES = {
    400: (_l("这个请求无法理解"), _l("网址或内容不完整。请返回上一页重试。")),
    403: (
        _l("您没有权限打开这个页面"),
        _l("它属于其他单位或岗位。如需查看，请联系本单位负责人或系统管理员。"),
    ),
    404: (_l("没有找到这个页面"), _l("网址可能有误，或内容不在您的查看范围内。")),
    405: (_l("这个页面不能这样打开"), _l("请从页面上的按钮进入。")),
    413: (
        _l("提交的内容太大"),
        _l("单次提交不能超过 60 MB，没有保存。请返回上一页，压缩附件或分几次上传；自动保存的草稿仍在。"),
    ),
}
CAME = frozenset({400, 405, 413})  # what somebody sent from a page, to which he wants to return


def prepare_errors(app: Flask) -> None:
    """One handler for each kind of refusal."""
    app.register_error_handler(RuleBroken, rule_broken)
    app.register_error_handler(PolicyInvalid, not_in_the_policy)
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(SecurityError, strange_host)
    app.register_error_handler(HTTPException, http_error)
    for trouble in (PyMongoError, OperationError, NotKept):
        app.register_error_handler(trouble, database_trouble)
    app.register_error_handler(Exception, crash)


def strange_host(_error: SecurityError) -> ResponseReturnValue:
    """A name that the settings do not know; no page, because no address can be written under it."""
    words = "请用门户的正式网址打开。\nUse the portal's own address (JUANZONG_BASE_URL, JUANZONG_HOSTS).\n"
    return Response(words, 400, content_type="text/plain; charset=utf-8")


def rule_broken(error: RuleBroken) -> ResponseReturnValue:
    """A person can put this right: say how, and show the unfinished form again when there is one."""
    status = status_of(error.code)
    if _wants_json():
        return {"error": error.code, "message": str(what_happened(error))}, status
    if "unfinished" in g:
        return g.unfinished.shown_again(error), status
    if status in (403, 404):
        return error_page(status)
    return render_template("errors/refused.html", message=what_happened(error), code=error.code), status


def not_in_the_policy(error: PolicyInvalid) -> ResponseReturnValue:
    """An address that names a step, a form or a policy that does not exist; anything else is broken."""
    if error.code in ("unknown_key", "no_such_version", "no_published_version"):
        return http_error(NotFound())
    return crash(error)


def stale_form(error: CSRFError) -> ResponseReturnValue:
    """The form is from an earlier sign-in: keep what was typed and open the form afresh."""
    if not current_user.is_authenticated:
        return ask_to_sign_in()
    if _wants_json():
        return {"error": "stale_form", "message": str(_l("页面已过期，请刷新后重试。"))}, 400
    owner, typed = owner_of(request.form.get("form_owner", "")), request.form.to_dict(flat=False)
    if owner is not None and owner[0] == me().id and not becomes_draft(typed):
        kept, goal = to_send_again(typed), request.full_path.rstrip("?")
        return render_template("sent_again.html", kept=kept, goal=goal), 400
    if owner == (me().id, request.path):
        keep_draft(me().id, request.path, typed)
        flash(_l("这个页面是在上一次登录时打开的。您填写的内容仍在下方，请核对后重新提交。"), "warning")
        return redirect(quote(request.path))  # what a path holds may be no header
    log.info("a form without a valid token came from %s: %s", request.remote_addr, error.description)
    return error_page(400)


def http_error(error: HTTPException) -> ResponseReturnValue:
    """404 and its brothers as designed pages."""
    status = error.code or 500
    if status < 400:
        return error
    if _wants_json():
        title, hint = PAGES.get(status, PAGES[400])
        return {"error": str(status), "message": f"{title}。{hint}"}, status
    return error_page(status)


def error_page(status: int) -> tuple[str, int]:
    """The page of a status."""
    title, hint = PAGES.get(status, PAGES[400])
    given = {"status": status, "title": title, "hint": hint, "back": came_from() if status in CAME else ""}
    return render_template("errors/page.html", **given), status


def came_from() -> str:
    """The page of ours on which the button was pressed; nothing when that is unknown."""
    page = request.referrer or ""
    return page if page.startswith(request.host_url) and page != request.url else ""


PASSING = ("TransientTransactionError", "RetryableWriteError", "UnknownTransactionCommitResult")


def database_trouble(error: Exception) -> ResponseReturnValue:
    """The database is away, or takes nothing 数据库中断: what was typed stays on the page."""
    cause = error.__context__ if isinstance(error, OperationError) else error
    if not (isinstance(cause, NotKept) or _passes(cause)):
        return crash(error)
    forget_the_person()
    log.warning("the database is away at %s %s: %s", request.method, request.path, type(cause).__name__)
    if _wants_json():
        words = _l("数据库暂时无法连接，请稍后重试。")
        return {"error": "away", "message": str(words)}, 503
    return render_template("errors/away.html", kept=kept_words()), 503, {"Retry-After": "5"}


def _passes(cause: BaseException | None) -> bool:
    """Whether it will do again soon: no primary, a broken line, a transaction that was cut off."""
    if isinstance(cause, ConnectionFailure):
        return True
    return isinstance(cause, PyMongoError) and any(cause.has_error_label(label) for label in PASSING)


def crash(error: Exception) -> ResponseReturnValue:
    """Something is broken: log it with a number that the person can quote."""
    forget_the_person()
    mark = f"{id(error) & 0xFFFFFF:06X}"
    log.error("unexpected error %s at %s %s\n%s", mark, request.method, quote(request.path), places(error))
    if _wants_json():
        return {"error": "crash", "message": str(_l("系统出现错误，编号 %(mark)s。", mark=mark))}, 500
    return render_template("errors/crash.html", mark=mark, kept=kept_words()), 500


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"
