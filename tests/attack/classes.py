"""Whose each address is 地址分类; a new one fails the test until it stands here."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask

OPEN = "open"  # to strangers
OWN = "own"  # anybody who signed in, about himself
MINE = "mine"  # anybody who signed in, about a thing that belongs to one person
CASE = "case"  # whoever may see the case
REGISTERS = "registers"  # whoever may register
READERS = "readers"  # posts that read all classes of fields
HEADS = "heads"  # heads of units, and whoever reports or answers for duties

# Of the portal, address by address.
PORTAL: Mapping[str, tuple[str, ...]] = {
    OPEN: (
        *("assets.asset", "static", "health.healthz", "health.readyz", "health.measures"),
        *("signing_in.sign_in", "signing_in.sign_in_now", "signing_in.code", "signing_in.ask_code"),
        *(
            "forgotten.ask",
            "forgotten.ask_now",
            "forgotten.follow",
            "forgotten.open_link",
            "forgotten.choose",
        ),
        "profile.choose_look",
    ),
    OWN: (
        *(
            "desk.desk",
            "cases.list_cases",
            "cases.export",
            "watch.watch",
            "drafts.list_drafts",
            "drafts.save",
        ),
        *("drafts.discard", "loans.index", "loans.ask", "lookups.cases", "lookups.places", "lookups.similar"),
        *("lookups.units", "lookups.value", "notices.inbox", "notices.read_all", "profile.cancel_absence"),
        *("profile.change_password", "profile.choose_own_password", "profile.choose_telling", "profile.keys"),
        *("profile.own_password", "profile.plan_absence", "profile.profile", "intake.choose"),
        *("signing_in.sign_out", "uploads.accept", "uploads.accept_drawing", "profile.end_other_sign_ins"),
        *("second_factor.set_up", "second_factor.confirm", "second_factor.renew", "second_factor.remove"),
        *("kin.show", "kin.change", "retaliation.show", "retaliation.send"),
    ),
    MINE: (
        *("notices.open_notice", "uploads.drawing", "loans.read", "loans.picture", "loans.give_back"),
        *("loans.withdraw", "profile.end_sign_in"),
        *("statements.show", "statements.give", "statements.check", "statements.attachment"),
    ),
    CASE: (
        *("cases.case", "files.attachment", "files.drawing", "files.letter", "files.volume"),
        *("steps.show", "steps.perform", "steps.check", "confidence.show", "confidence.change"),
        *("revealing.show", "revealing.ask", "revealing.decide"),
    ),
    REGISTERS: ("intake.fill", "intake.register", "intake.check"),
}
# Of the administration, page by page: one of these operations is needed.
ADMINISTRATION: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("administer", "duties", "reports", "archive"): ("admin",),
    ("archive",): (
        *("archive", "filing", "later", "numbers", "transfers", "receiving", "inspections", "signatures"),
        *("lending", "disposal", "destructions", "holds"),
    ),
    ("archive", "administer"): ("fixity",),
    ("archive", "reports"): ("register",),
    ("reports",): ("reports",),
    ("reports", "duties", HEADS): ("supervision",),
    ("duties", "administer", HEADS): ("duties",),
    ("administer", READERS): ("seen",),
    ("administer",): (
        *("units", "people", "rights", "calendars", "what_ifs", "designer", "gate", "policies", "clock"),
        *("timers", "outbox", "ways", "audit", "sign_ins"),
    ),
}
# Where those may go who owe something first: a password of their own, a second factor.
BEFORE: Mapping[str, frozenset[str]] = {
    "password": frozenset({"profile.own_password", "profile.choose_own_password", "signing_in.sign_out"}),
    "factor": frozenset({"second_factor.set_up", "second_factor.confirm", "signing_in.sign_out"}),
}


def class_of(endpoint: str) -> tuple[str, ...]:
    """The class of an address of the portal, the operations of a page of the administration, or ()."""
    for name, endpoints in PORTAL.items():
        if endpoint in endpoints:
            return (name,)
    page = endpoint.partition(".")[0]
    return next((needed for needed, pages in ADMINISTRATION.items() if page in pages), ())


def unclassified(app: Flask) -> list[str]:
    """Addresses that nobody said anything about, and classes of addresses that are no more."""
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    pages = {one.partition(".")[0] for one in known}
    new = [one for one in known if not class_of(one)]
    gone = [one for group in PORTAL.values() for one in group if one not in known]
    return sorted(
        [*new, *gone, *(one for group in ADMINISTRATION.values() for one in group if one not in pages)]
    )
