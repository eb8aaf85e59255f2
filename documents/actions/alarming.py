"""Fixity findings told and noted 校验告警: a damaged file, a repaired one, a second copy put right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from documents import audit, events
from documents.actions import notices, telling
from documents.actions.notices import Message
from documents.database import transaction
from documents.file_check import MISSING, FileCheck
from documents.keepers import administrators, keepers
from documents.volume import Volume


def damaged(check: FileCheck, *, now: datetime) -> None:
    """告警: tell whoever keeps the archive and the system; once for each finding."""
    words = ("找不到", "is missing") if check.state == MISSING else ("与登记的 SHA-256 不符", "is damaged")
    message = Message(
        key=f"fixity:{check.id}:{check.found_at.isoformat()}",
        title={"zh": f"文件校验告警：{check.subject}", "en": f"Fixity alarm: {check.subject}"},
        body={
            "zh": f"文件“{check.called}”{words[0]}，没有可用的第二副本。请从备份恢复，详见归档室“校验”。",
            "en": f"“{check.called}” {words[1]} and there is no second copy: restore it from a backup.",
        },
    )

    def write() -> None:
        audit.note("fixity_failed", check.subject, by=events.SYSTEM, at=now, file=check.id, state=check.state)
        telling.announce(people_for(check), [check.subject], message, now=now)

    transaction(write)


def repaired(check: FileCheck, evidence: str | None, *, now: datetime) -> None:
    """已修复: from the second copy; what was damaged is kept as evidence."""
    message = Message(
        key=f"fixity-repaired:{check.id}:{now.isoformat()}",
        title={"zh": f"文件已自动修复：{check.subject}", "en": f"File repaired: {check.subject}"},
        body={
            "zh": f"文件“{check.called}”损坏，已用第二副本修复。损坏的内容另存备查，请查明原因。",
            "en": f"“{check.called}” was damaged and was put right from the second copy. Find out why.",
        },
    )

    def write() -> None:
        facts = {"file": check.id, "evidence": evidence, "sha256": check.sha256}
        audit.note("fixity_repaired", check.subject, by=events.SYSTEM, at=now, **facts)
        telling.announce(people_for(check), [check.subject], message, now=now)

    transaction(write)


def copy_repaired(check: FileCheck, kept: str, *, now: datetime) -> None:
    """第二副本已修复: from the first; what was damaged is kept beside it."""
    facts = {"file": check.id, "kept": kept, "sha256": check.sha256}
    audit.note("fixity_copy_repaired", check.subject, by=events.SYSTEM, at=now, **facts)


DIFFERENT, FEWER, UNSIGNED = "checkpoint_different", "checkpoint_gone", "checkpoint_unsigned"
BROKEN = {
    "": (
        "审计链 {lanes} 与检查点 {number} 不符：有留痕被改或被删。",
        "Lanes {lanes} have not what checkpoint {number} saw.",
    ),
    DIFFERENT: (
        "数据库里的检查点 {number} 与文件夹里签过名的不同。",
        "Checkpoint {number} says otherwise in its folder.",
    ),
    FEWER: (
        "文件夹里有检查点 {number}，数据库里没有。",
        "Checkpoint {number} is in its folder, not in the database.",
    ),
    UNSIGNED: ("检查点 {number} 的签名不符。", "Checkpoint {number} is not signed by the key of the house."),
}


def trail_broken(number: int, lanes: Sequence[int] = (), *, why: str = "", now: datetime) -> None:
    """审计链告警: the trail has not what a checkpoint saw, or checkpoints do not fit; told once for each."""
    told = {"lanes": "、".join(str(lane) for lane in lanes), "number": number}
    words = [text.format(**told) for text in BROKEN[why]]
    message = Message(
        key=f"trail:{number}{why and ':'}{why}",
        title={"zh": "审计记录与检查点不符", "en": "The audit trail does not fit its checkpoint"},
        body={
            "zh": f"{words[0]}请运行 juanzong audit verify --checkpoints。",
            "en": f"{words[1]} Run `juanzong audit verify --checkpoints`.",
        },
    )
    facts = {"checkpoint": number, "lanes": list(lanes), **({"why": words[0]} if why else {})}

    def write() -> None:
        audit.note("trail_broken", "audit", by=events.SYSTEM, at=now, **facts)
        notices.announce(administrators(), message, now=now)

    transaction(write)


def people_for(check: FileCheck) -> list[str]:
    """Who must know, if they may: administrators, and the keepers of the archive that the file belongs to."""
    volume = Volume.objects(id=check.subject).only("owner").first()
    return sorted({*administrators(), *(keepers(volume.owner) if volume else ())})
