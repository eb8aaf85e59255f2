"""Who asks, when, and what the person is entitled to 当前人员与权限, for the pages of the administration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, g
from flask_login import current_user

from documents import audit, page_entries
from documents.complaint import among, not_hidden_from
from documents.person import Person
from documents.policy import Policy, view_of
from documents.rules.access import PERSONAL, RESTRICTED, Reach, demands
from documents.rules.policy import PolicyView
from documents.sight import Sight

Definition = Mapping[str, Any]
EVERY_CLASS = frozenset({PERSONAL, RESTRICTED})  # beside what is public
ONE_LOOK = timedelta(minutes=10)


def me() -> Person:
    """The person who is signed in."""
    person: Person = current_user.person
    return person


def now() -> datetime:
    """The moment of this request."""
    moment: datetime = current_app.config["CLOCK"]()
    return moment.astimezone(UTC)


def zone() -> ZoneInfo:
    """The organisation's time zone, in which its days begin."""
    return ZoneInfo(current_app.config["ZONE"])


def today() -> date:
    """The organisation's date."""
    return now().astimezone(zone()).date()


def newest_policies() -> list[PolicyView]:
    """The newest published version of each policy."""
    newest: dict[str, int] = {}
    for row in Policy.collection().find({"state": "published"}, {"key": 1, "version": 1}):
        newest[row["key"]] = max(newest.get(row["key"], 0), row["version"])
    return [view_of(key, version) for key, version in sorted(newest.items())]


def roles() -> list[Definition]:
    """The roles of all policies in force; the first policy that defines a role has the say."""
    if "admin_roles" not in g:
        found: dict[str, Definition] = {}
        for policy in newest_policies():
            for role in policy.definition.get("roles", ()):
                found.setdefault(role["key"], role)
        g.admin_roles = list(found.values())
    return list(g.admin_roles)


def may_do(*operations: str) -> bool:
    """Whether a role of the person grants one of the operations, none of which belongs to a case."""
    return current_user.is_authenticated and any(me().may_do(one, roles()) for one in operations)


def may_do_instead(operation: str) -> bool:
    """Whether one of the absent may for whom the person acts 代办; of what passes to a deputy."""
    return any(one.may_do(operation, roles()) for one in me().represented(now()))


def my_reach() -> Reach:
    """How far the person's posts reach."""
    if "admin_reach" not in g:
        g.admin_reach = me().reach(roles())
    found: Reach = g.admin_reach
    return found


def my_keys(*operations: str) -> list[str]:
    """The scope keys that open cases to the person; or those of the posts that grant an operation."""
    if not operations:
        return my_reach().keys
    granted = [demands(my_reach(), roles(), one) for one in operations]
    return sorted({key for keys in granted for one in keys for key in one})


def reads_all_classes() -> bool:
    """Whether the posts of the person that open cases read every class of fields 可看全部级别."""
    held = {role for role, _key in my_reach().posts}
    read = {one for role in roles() if role["key"] in held for one in role.get("reads", ())}
    return read >= EVERY_CLASS


def readers_of_all() -> list[Definition]:
    """The roles whose posts open cases and read every class of fields in them."""
    opening = (role for role in roles() if role.get("reach", "unit") != "none")
    return [role for role in opening if EVERY_CLASS.issubset(role.get("reads", ()))]


def in_sight() -> dict[str, Any]:
    """What the person may see, of cases and of what carries their scope: volumes, entries of batches."""
    return Sight(my_keys(), me().id).condition()


def numbers_in_sight(numbers: Iterable[str]) -> set[str]:
    """Which of these cases the person may see."""
    return among(numbers, in_sight())


def nameable(numbers: Iterable[str]) -> set[str]:
    """Which of these numbers may be told to an administrator 可列编号: but for what is kept from him."""
    return among(numbers, not_hidden_from(me().id))


def nameable_of(found: Iterable[Any]) -> list[Any]:
    """Of numbers, or of what names a case by its number, what may be told; in templates `nameable`."""
    rows = [(one, number_of(one)) for one in found]
    told = nameable(number for _one, number in rows)
    return [one for one, number in rows if number in told]


def number_of(one: Any) -> str:
    """The number of a case: the text itself, or what a row or an object calls so."""
    if isinstance(one, str):
        return one
    return str(one["number"] if isinstance(one, Mapping) else one.number)


def said(text: Any) -> str:
    """A bilingual text in the language of the page."""
    return str(current_app.jinja_env.filters["said"](text))


def spoken(moment: datetime | None) -> str:
    """A moment in the words of every page."""
    return str(current_app.jinja_env.filters["moment"](moment)) if moment else ""


def day_words(one: date) -> str:
    """A day in the words of every page."""
    return str(current_app.jinja_env.filters["day"](one))


def note_opened(subject: str, way: str, verb: str = "read", **facts: Any) -> None:
    """Note that a page was looked at 页面查阅: what it is about, and by which way."""
    told = {"at": now(), "by": me().id, "verb": verb, "subject": subject}
    page_entries.note_page({**told, "facts": {"way": way, **facts}})


def note_anew(way: str, numbers: Iterable[str]) -> None:
    """Note the cases on a page that asks for itself again and again 自动刷新: each once in a while of it.

    Whoever lets it stand open for an hour has six entries and not 360. Opening it is noted each time.
    """
    lately = {"by": me().id, "verb": "read_list", "at": {"$gte": now() - ONE_LOOK, "$lte": now()}}
    rows = audit.AuditEntry.collection().find(lately, {"facts": 1})
    looks = (row.get("facts") or {} for row in rows)  # by which way stands encrypted
    known = {case for one in looks if one.get("way") == way for case in one.get("cases", ())}
    fresh = sorted(set(numbers) - known)
    if fresh:
        note_listed(way, fresh)


def note_listed(way: str, numbers: Iterable[str], verb: str = "read_list", **facts: Any) -> None:
    """Note which cases or volumes a page showed 列表查阅; of a long list each entry names some."""
    found = list(dict.fromkeys(numbers))
    pieces = audit.pieces(found)
    told = {"at": now(), "by": me().id, "verb": verb, "subject": "cases"}
    if len(pieces) == 1 and verb == "read_list":
        page_entries.note_page({**told, "facts": {"way": way, "cases": found, **facts}})
        return
    audit.note_rows({**told, "facts": {"way": way, "cases": piece, **facts}} for piece in pieces)
