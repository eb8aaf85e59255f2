"""Rights explained 权限查询: what can this person see, and who can see this field – each with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from admin_views.base import Page
from admin_views.phrases import listed, noted
from admin_views.policies import one_of, version_or_404
from admin_views.policy_words import CLASSES, OPERATIONS, PolicyWords
from admin_views.standing import me, newest_policies, now, said
from documents.complaint import Complaint, not_hidden_from
from documents.person import Person
from documents.policy import roles_in_force, roles_of, view_in_force, view_of
from documents.rules.policy import PolicyView
from documents.rules.seeing import PostSight, posts_in_sight, readers
from documents.sight import MOST_COUNTED
from documents.unit import Unit, names_of

MOST_HOLDERS = 12
REASONS: Mapping[str, Any] = {
    "public_field": _l("一般内容，能看这件投诉的人都可读"),
    "class_granted": _l("岗位可读这一级别"),
    "class_denied": _l("岗位不可读这一级别"),
    "involved": _l("承办人和登记人可读个人信息"),
    "outside_scope": _l("岗位不看投诉"),
    "seal_opened": _l("密封字段，只供这一岗位"),
    "sealed": _l("密封字段，不供这一岗位"),
}
OPENED = {"u": _l("%(unit)s的投诉"), "t": _l("%(unit)s及其下级的投诉")}


@dataclass(frozen=True)
class PolicySight:
    """What the posts of a person open under one policy 制度下的可见范围."""

    title: str
    roles: Mapping[str, str]
    posts: list[PostSight]
    person: Person


class RightsView(Page):
    """权限查询."""

    group = "organisation"
    icon = "eye"

    def is_visible(self) -> bool:
        """Reached from a person or a form; not a line of the side menu."""
        return False

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Begin with a person."""
        return redirect(url_for("people.index_view"))

    @expose("/people/<person_id>")
    def person(self, person_id: str) -> ResponseReturnValue:
        """这个人能看到什么 what can this person see?"""
        one: Person | None = Person.objects(id=person_id).first()
        if one is None:
            abort(404)
        held = [
            policy_sight(view, each) for each in (one, *one.represented(now())) for view in newest_policies()
        ]
        units = names_of([code for policy in held for post in policy.posts for code in _codes(post)])
        return self.render(
            "admin/rights/person.html",
            one=one,
            absence=one.absence(now()),
            policies=[policy for policy in held if policy.posts],
            opened=lambda post: _opened(post, units),
            unit=lambda code: said(units.get(code, code)),
            counted=_counted(opened_by_posts(one)),
            **words(),
        )

    @expose("/<policy>/<int:version>/<form>")
    def form(self, policy: str, version: int, form: str) -> ResponseReturnValue:
        """谁能看到这个字段 who can see this field, or each field of the form?"""
        found = version_or_404(policy, version)
        # The fields are those of the version that was asked for, what a role reads is what counts now.
        chosen, roles = one_of(view_of(policy, version).definition["forms"], form), roles_of(policy)
        field = request.args.get("field", "")[:100]
        groups = readers(chosen, roles, field) or abort(404)
        return self.render(
            "admin/rights/form.html",
            policy=found,
            chosen=chosen,
            field=field,
            groups=groups,
            reach=PolicyWords(view_in_force(policy)).reach,
            holders={role["key"]: holders(role["key"]) for role in roles},
            **words(),
        )


def words() -> dict[str, Any]:
    """How classes, operations and reasons are called."""
    return {"classes": CLASSES, "operations": OPERATIONS, "reasons": REASONS}


def policy_sight(view: PolicyView, person: Person) -> PolicySight:
    """What the person's posts open under a policy."""
    roles = view.definition.get("roles", ())
    labels = {role["key"]: said(role["label"]) for role in roles}
    above = Unit.kinds_above(post.unit for post in person.posts)
    posts = [one for one in posts_in_sight(person.viewer(), roles, above) if one.role in labels]
    head = view.definition["policy"]
    return PolicySight(said(head.get("short") or head["title"]), labels, posts, person)


def opened_by_posts(person: Person) -> int:
    """How many cases the posts open; those kept from who asks are not counted.

    Neither is one left out because it is kept from the person: beside another holder of the same post, that
    would tell that there is such a case, and who is on its list.
    """
    reach = person.reach(roles_in_force(), now())
    keys = {*reach.keys, *(key for absent in reach.instead for key in absent.keys)}
    opened = {"scope": {"$in": sorted(keys)}, **not_hidden_from(me().id)}
    return int(Complaint.collection().count_documents(opened, limit=MOST_COUNTED + 1))


def holders(role: str) -> list[str]:
    """Who holds a role, some of them by name with their units."""
    found = list(Person.objects(active=True, posts__role=role).order_by("name").limit(MOST_HOLDERS + 1))
    units = names_of([post.unit for one in found for post in one.posts])
    named = []
    for one in found[:MOST_HOLDERS]:
        places = [said(units.get(post.unit, post.unit)) for post in one.posts if post.role == role]
        named.append(noted(one.name, listed(places)))
    return [*named, "…"] if len(found) > MOST_HOLDERS else named


def _codes(post: PostSight) -> list[str]:
    return [post.unit, *([post.key[2:]] if post.key else [])]


def _opened(post: PostSight, units: Mapping[str, Any]) -> str:
    """Which cases a post opens, in words."""
    if post.key is None:
        return str(_("不看投诉"))
    kind, code = post.key[0], post.key[2:]
    return str(OPENED[kind]) % {"unit": said(units.get(code, code))}


def _counted(number: int) -> str:
    return f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number)
