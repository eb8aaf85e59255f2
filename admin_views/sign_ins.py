"""登录规则: how long people of a role stay signed in, and whether they must show a second factor."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import current_app, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.base import Page, confirmation, keep_form
from admin_views.standing import me, now, roles
from documents.actions import entering, vouching
from documents.person import Person
from documents.rules.sign_ins import Length, RoleRule
from documents.rules.whole_numbers import number_or_none
from documents.second_factor import with_factor
from documents.sign_in import SignInRules, rules_of_roles

WRITTEN_LENGTH = 6


class SignInRulesView(Page):
    """登录规则."""

    group = "organisation"
    icon = "lock"

    @expose("/", methods=("GET", "POST"))
    def index(self) -> ResponseReturnValue:
        """Each role with its rule; sending the form changes them."""
        given = {"rows": _rows(rules_of_roles()), "forced": current_app.config["FORCES_SECOND_FACTOR"]}
        given["bound"] = Person.objects(bound_to__ne=None).count()
        given["mails"] = bool(current_app.config["SMTP_URL"])
        given["rules"] = SignInRules.objects(id="house").first() or SignInRules()
        if request.method == "GET":
            return self.render("admin/sign_ins/index.html", **given)
        sent = {role["key"]: _sent(role["key"]) for role in roles()}
        keep_form(self, "admin/sign_ins/index.html", **{**given, "rows": _rows(sent)})
        reset = request.form.get("reset_by_mail") == "yes" if given["mails"] else None
        entering.change_rules(sent, actor=me(), now=now(), reset=reset)
        flash(_("登录规则已保存，对已登录的人同样生效。"), "good")
        return redirect(self.get_url(".index"))

    @expose("/release", methods=("POST",))
    def release(self) -> ResponseReturnValue:
        """Release every account from its subject, before another provider takes over."""
        asked = confirmation(self, _("解除所有人的统一登录绑定？各人下次登录时重新绑定。"), _("全部解除绑定"))
        if asked:
            return asked
        count = vouching.release_all(actor=me(), now=now())
        flash(_("已解除 %(count)s 人的统一登录绑定。", count=count), "good")
        return redirect(self.get_url(".index"))


def _rows(rules: dict[str, RoleRule]) -> list[dict[str, Any]]:
    people = list(Person.objects(active=True).only("id", "posts"))
    ready = with_factor(one.id for one in people)
    held = [(post.role, one.id) for one in people for post in one.posts]
    counts = Counter(role for role, _person in set(held))
    counts_ready = Counter(role for role, person in set(held) if person in ready)
    return [
        {
            "key": role["key"],
            "label": role["label"],
            "idle": rules[role["key"]].length.idle,
            "most": rules[role["key"]].length.most,
            "factor": rules[role["key"]].factor,
            "people": counts[role["key"]],
            "ready": counts_ready[role["key"]],
        }
        for role in roles()
    ]


def _sent(role: str) -> RoleRule:
    """The rule as it was typed; what is no number is none that is allowed."""
    length = Length(_number(f"idle-{role}"), _number(f"most-{role}"))
    return RoleRule(length, request.form.get(f"factor-{role}") == "yes")


def _number(name: str) -> int:
    written = request.form.get(name, "").strip()[:WRITTEN_LENGTH]
    return number_or_none(written) or 0
