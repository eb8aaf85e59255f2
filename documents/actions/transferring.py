"""Handing over 移交: check the year, build its package, hand it over, take back what the receiver found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from documents import audit, handed
from documents.actions import duties
from documents.actions.entitlement import check_right
from documents.database import transaction
from documents.duty import Duty
from documents.person import Person
from documents.policy import Policy, view_in_force, view_of
from documents.rules.broken import RuleBroken
from documents.rules.package import PackageOptions
from documents.transfer import Built, Check, HandOver, TransferPackage, rounds_before
from documents.transfer_plan import Plan
from documents.transfer_reasons import JUDGED, Side, apart, knows_some, on_shelf, side_of
from documents.withheld import check_open

OPERATION = "archive"
OVER = ("returned", "confirmed")  # states after which another round may begin
KEPT_YEARS = 5  # how long the sender keeps its own originals; 《电子档案移交与接收办法》 says at least five


@dataclass(frozen=True)
class Receipt:
    """What both sides sign 交接事项: who took it, for which house, on what day and medium."""

    receiver: str
    received_by: str
    received_on: date
    medium: str = ""
    note: str = ""
    carriers: str = ""  # 载体起止顺序号


def ask_check(
    policy: Policy, unit: str, year: int, *, actor: Person, now: datetime, confidential: bool = False
) -> TransferPackage:
    """Ask for the completeness check 检查; a job does it. After a round is over, this begins the next.

    Raises RuleBroken("package_given_away"), ("nothing_to_hand_over"), ("unknown_package").
    """
    view = policy.view()
    side = Side(policy.key, unit, year, actor.id, confidential)
    check_mine(side, actor)
    zone = ZoneInfo(view.zone)
    if not 2000 <= year <= now.astimezone(zone).year:
        raise RuleBroken("year_not_begun", year=year)

    def write() -> TransferPackage:
        known = TransferPackage.objects(id=side.id).first()
        _check_here(known)
        facts = {
            "policy": policy.key,
            "policy_version": policy.version,
            "unit": unit,
            "year": year,
            "confidential": confidential,
            "state": "checking",
            "made_by": actor.id,
            "made_at": now,
            "beat_at": now,
            "problem": None,
            **(_next_round(known, side) if known and known.state in OVER else {}),
        }
        package = TransferPackage.collection().find_one_and_update(
            {"_id": side.id}, {"$set": facts}, upsert=True, return_document=True
        )
        audit.note("package_check", package["_id"], by=actor.id, at=now)
        return TransferPackage.get(package["_id"])

    return transaction(write)


def _check_here(package: TransferPackage | None) -> None:
    """A package that was handed over stays as it is; one that a job is at is left to it."""
    if package is None:
        return
    if package.state == "handed_over":
        raise RuleBroken("package_given_away", package=package.id)
    if package.state == "building" and not package.problem:
        raise RuleBroken("package_in_work", package=package.id)


def check_mine(side: Side, actor: Person) -> None:
    """Whether the package is the actor's to make and hand over; of confidential volumes he must know some.

    Raises RuleBroken("not_your_right") and, as if there were no such package, ("unknown_package").
    """
    check_right(actor, OPERATION, view_in_force(side.policy), side.unit)
    if side.confidential and not knows_some(side, actor.id):
        raise RuleBroken("unknown_package", package=side.id)


def _next_round(package: TransferPackage, side: Side) -> dict[str, object]:
    """下一轮移交: what was sent back and what was sealed since; the round before is kept as it was."""
    volumes = list(on_shelf(package.policy, package.unit, package.year).only(*JUDGED))
    out = apart(side, volumes)
    if all(volume.id in out for volume in volumes):
        raise RuleBroken("nothing_to_hand_over", package=package.id)
    rounds = [one.to_mongo() for one in rounds_before(package)]
    emptied = dict.fromkeys(("built", "handed", "verified", "check_result"))
    return {"round": package.round + 1, "rounds": rounds, **emptied}


def keep_check(package: str, found: Plan, *, now: datetime) -> TransferPackage:
    """Keep what the check found."""
    check: Check = found.as_check(now)
    changes = {"state": "checked", "check_result": check.to_mongo(), "problem": None, "beat_at": now}
    TransferPackage.collection().update_one({"_id": package, "state": "checking"}, {"$set": changes})
    return TransferPackage.get(package)


def ask_build(
    package: str, *, actor: Person, now: datetime, options: PackageOptions | None = None
) -> TransferPackage:
    """Ask for the package to be built 制作移交包; a job does it.

    Raises RuleBroken("numbers_missing") naming them, ("package_not_checked"), ("package_given_away").
    """

    def write() -> TransferPackage:
        found = TransferPackage.get(package)
        check_mine(side_of(found), actor)
        _check_here(found)
        if found.check_result is None:
            raise RuleBroken("package_not_checked", package=package)
        _refuse_gaps(found.check_result)
        if found.state in OVER:
            raise RuleBroken("package_given_away", package=package)
        changes = {
            "state": "building",
            "made_by": actor.id,
            "made_at": now,
            "beat_at": now,
            "attempts": 0,
            "done": 0,
            "total": 0,
            "problem": None,
            "built": None,
            "verified": None,
            "handed": None,
            "options": asdict(options) if options else found.options,
        }
        TransferPackage.collection().update_one({"_id": package}, {"$set": changes})
        audit.note("package_build", package, by=actor.id, at=now)
        return TransferPackage.get(package)

    return transaction(write)


def _refuse_gaps(check: Check) -> None:
    if not check.whole:
        raise RuleBroken("numbers_missing", numbers="、".join([*check.gaps, *check.strays][:20]))


def begin(package: str, *, now: datetime) -> int:
    """Count an attempt at building before it starts."""
    row = TransferPackage.collection().find_one_and_update(
        {"_id": package}, {"$inc": {"attempts": 1}, "$set": {"beat_at": now}}
    )
    if row is None:
        raise RuleBroken("unknown_package", package=package)
    return 1 + int(row.get("attempts", 0))


def beat(package: str, done: int, total: int, *, current: str, now: datetime) -> None:
    """Tell how far the building has come."""
    changes = {"done": done, "total": total, "current": current, "beat_at": now}
    TransferPackage.collection().update_one({"_id": package, "state": "building"}, {"$set": changes})


def keep_built(
    package: str, built: Built, found: Plan, *, now: datetime, parts: Mapping[str, int] | None = None
) -> bool:
    """Keep the finished package 制作完成; False when it was finished before. Safe to run twice."""

    def write() -> bool:
        changes = {
            "state": "ready",
            "built": {**built.to_mongo(), "covered": list(found.covered)},
            "check_result": found.as_check(now).to_mongo(),
            "problem": None,
        }
        done = TransferPackage.collection().update_one(
            {"_id": package, "state": "building"}, {"$set": changes}
        )
        if done.modified_count:
            handed.pack(package, TransferPackage.get(package).round, found.volumes, parts or {})
            audit.note("package_built", package, by="system", at=now, sha256=built.sha256)
        return bool(done.modified_count)

    return transaction(write)


def set_aside(package: str, problem: str) -> None:
    """Note why the check or the building failed; it can be asked for again."""
    TransferPackage.collection().update_one({"_id": package}, {"$set": {"problem": problem}})


def hand_over(package: str, receipt: Receipt, *, actor: Person, now: datetime) -> TransferPackage:
    """移交: record who handed the package to whom; from now on it stays as it is.

    Raises RuleBroken("package_not_ready"), ("receiver_missing"), and for who may not know all of its volumes
    ("withheld_from_you"), ("withheld_from_all").
    """
    if not receipt.receiver.strip() or not receipt.received_by.strip():
        raise RuleBroken("receiver_missing")

    def write() -> TransferPackage:
        found = TransferPackage.get(package)
        check_mine(side_of(found), actor)
        if found.state != "ready":
            raise RuleBroken("package_not_ready", package=package)
        check_open(actor, handed.volumes_in(found.id, found.round), found.unit)
        record = HandOver(
            by=actor.id,
            by_name=actor.name,
            at=now,
            receiver=receipt.receiver.strip(),
            received_by=receipt.received_by.strip(),
            received_on=receipt.received_on.isoformat(),
            medium=receipt.medium.strip(),
            carriers=receipt.carriers.strip(),
            note=receipt.note.strip(),
        )
        changes = {"state": "handed_over", "handed": record.to_mongo()}
        TransferPackage.collection().update_one({"_id": package}, {"$set": changes})
        handed.hand_over(found.id, found.round, receipt.received_on, years=kept_years(found))
        audit.note("package_hand_over", package, by=actor.id, at=now, sha256=found.built.sha256)
        if not found.confidential:
            _fulfil(found, actor, now)
        return TransferPackage.get(package)

    return transaction(write)


def kept_years(package: TransferPackage) -> int:
    """How many years the originals of a handed-over case stay 移交后至少保存年限; the policy may say more."""
    rules = view_of(package.policy, package.policy_version).definition["archive"]
    return max(KEPT_YEARS, int(rules.get("kept_after_handover", KEPT_YEARS)))


def _fulfil(package: TransferPackage, actor: Person, now: datetime) -> None:
    """Complete the hand-over duty 年终移交 of the year, when it is the actor's to complete."""
    view = view_of(package.policy, package.policy_version)
    keys = [one["key"] for one in view.definition.get("duties", ()) if one.get("package")]
    zone = ZoneInfo(view.zone)
    for duty in Duty.objects(policy=package.policy, key__in=keys, state="open"):
        units = {duty.unit, *duty.units.values()}
        if package.unit in units and duty.due_at.astimezone(zone).year == package.year:
            evidence = {"package": package.id, "sha256": package.built.sha256}
            try:
                duties.complete(duty.id, evidence, actor=actor, now=now)
            except RuleBroken as refused:
                if refused.code not in ("not_your_duty", "absent"):
                    raise
