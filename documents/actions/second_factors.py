"""Second factors 两步验证: set up, proven, renewed, taken away; each leaves an entry in the trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from documents import audit
from documents.actions import entering
from documents.database import transaction
from documents.person import Person
from documents.rules.broken import RuleBroken
from documents.second_factor import SecondFactor, digest_of, new_codes, new_secret, secret_of, step_of
from documents.sign_in import SignIn

MOST_MISSES = 50  # wrong codes in a row, over whatever time; then an administrator must look
SHORTEST_REASON = 4


@dataclass(frozen=True)
class Proof:
    """What was shown 验证方式: a code of the authenticator, or a recovery code, of which so many are left."""

    recovery: bool
    left: int


def prepare(person: str, sign_in: str) -> bytes:
    """开始设置: the secret that is being set up in this sign-in; another sign-in gets another one."""
    found: SecondFactor | None = SecondFactor.objects(id=person).first()
    if found is not None and found.waiting and found.waiting_in == sign_in:
        return secret_of(person, found.waiting)
    secret = new_secret()
    waiting = {"set__waiting": secret, "set__waiting_in": sign_in}
    SecondFactor.objects(id=person).update_one(**waiting, upsert=True)
    return secret


def confirm(person: Person, sign_in: str, code: str, *, now: datetime) -> list[str]:
    """启用: a right code shows that the authenticator has the secret; the recovery codes are shown this once.

    Every other sign-in ends. Raises RuleBroken("factor_not_begun"), ("factor_exists"), ("code_wrong").
    """

    def run() -> list[str]:
        found: SecondFactor | None = SecondFactor.objects(id=person.id, waiting_in=sign_in).first()
        if found is None or not found.waiting:
            raise RuleBroken("factor_not_begun")
        if found.secret:
            raise RuleBroken("factor_exists")
        secret = secret_of(person.id, found.waiting)
        step = step_of(secret, _plain(code), now)
        if step is None:
            raise RuleBroken("code_wrong")
        fresh = new_codes()
        found.secret, found.since, found.step, found.misses = secret, now, step, 0
        found.waiting = found.waiting_in = found.earlier = None
        found.codes = _kept(person.id, fresh)
        found.save()
        SignIn.objects(id=sign_in).update(set__factor=True, set__owes_factor=False)
        entering.end_all(person.id, but=sign_in, by=person.id, now=now)
        _note("set_factor", person.id, person.id, now)
        return fresh

    return transaction(run)


def prove(person: str, code: str, *, now: datetime) -> Proof:
    """验证: one code counts once. Raises RuleBroken("code_wrong"), ("factor_locked"), ("no_factor")."""
    found = _factor(person)
    if found.misses >= MOST_MISSES:
        raise RuleBroken("factor_locked")
    plain = _plain(code)
    if plain.isdecimal() and len(plain) == 6:
        right = _use_step(found, step_of(secret_of(person, found.secret), plain, now))
    else:
        right = _use_code(person, digest_of(person, code, found.earlier), now)
    if not right:
        SecondFactor.objects(id=person).update_one(inc__misses=1)
        raise RuleBroken("code_wrong")
    recovery = len(plain) != 6
    left = _factor(person).left
    if recovery:
        _note("use_recovery_code", person, person, now, left=left)
    return Proof(recovery, left)


def _use_step(found: SecondFactor, step: int | None) -> bool:
    # The condition is what refuses a code that was used: of two requests at once one finds it fulfilled.
    if step is None:
        return False
    return bool(SecondFactor.objects(id=found.id, step__lt=step).update_one(set__step=step, set__misses=0))


def _use_code(person: str, digest: str, now: datetime) -> bool:
    unused = {"_id": person, "codes": {"$elemMatch": {"digest": digest, "used": None}}}
    used = {"$set": {"codes.$.used": now, "misses": 0}}
    return bool(SecondFactor.collection().update_one(unused, used).modified_count)


def _factor(person: str) -> SecondFactor:
    found: SecondFactor | None = SecondFactor.objects(id=person, secret__ne=None).first()
    if found is None:
        raise RuleBroken("no_factor")
    return found


def renew_codes(person: str, code: str, *, now: datetime) -> list[str]:
    """换发恢复码: whoever shows a code gets new ones, and the old ones are void."""
    prove(person, code, now=now)
    fresh = new_codes()

    def run() -> list[str]:
        SecondFactor.objects(id=person).update_one(set__codes=_kept(person, fresh), unset__earlier=True)
        _note("renew_codes", person, person, now)
        return fresh

    return transaction(run)


def remove(person: str, code: str, *, now: datetime) -> None:
    """停用或更换: whoever shows a code gives it up; whose roles ask for one must set up another."""
    prove(person, code, now=now)

    def run() -> None:
        SecondFactor.objects(id=person).delete()
        SignIn.objects(person=person).update(set__factor=False)
        entering.measure_anew(person=person)
        _note("remove_factor", person, person, now)

    transaction(run)


def reset(person_id: str, reason: str, *, actor: Person, now: datetime) -> None:
    """重置两步验证: an administrator takes away what somebody has lost, saying why; every sign-in ends.

    Raises RuleBroken("not_your_own_factor"), ("reason_missing"), ("no_factor").
    """
    if person_id == actor.id:
        raise RuleBroken("not_your_own_factor")
    if len(reason.strip()) < SHORTEST_REASON:
        raise RuleBroken("reason_missing")

    def run() -> None:
        person = Person.get(person_id)
        _factor(person.id).delete()
        entering.end_all(person.id, by=actor.id, now=now)
        _note("reset_factor", person.id, actor.id, now, reason=reason.strip())

    transaction(run)


def _plain(code: str) -> str:
    """A code as it was typed, without gaps."""
    return "".join(code.split()).replace("-", "")


def _kept(person: str, codes: list[str]) -> list[dict[str, Any]]:
    return [{"digest": digest_of(person, one), "used": None} for one in codes]


def _note(verb: str, person: str, by: str, now: datetime, **facts: Any) -> None:
    audit.note(verb, f"person:{person}", by=by, at=now, **facts)
