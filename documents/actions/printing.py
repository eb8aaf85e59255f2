"""Exports 导出: asked for, made by a job, kept once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from documents import audit
from documents.database import transaction
from documents.files import StoredFile
from documents.print_order import PrintOrder


@dataclass(frozen=True)
class Content:
    """What an export tells 内容: of which cases, and which protected fields of them in clear."""

    cases: Collection[str]
    fields: Collection[str] = ()


def place(order: PrintOrder) -> PrintOrder:
    """Keep the order 下单 with its audit entry: exporting is noted like changing."""

    def write() -> PrintOrder:
        order.save(force_insert=True)
        subject = f"{order.policy}:{order.unit}:{order.year}"
        audit.note("export", subject, by=order.by, at=order.at, kind=order.kind, form=order.form)
        return order

    return transaction(write)


def begin(order: PrintOrder) -> int:
    """Count an attempt before it starts."""
    row = PrintOrder.collection().find_one_and_update({"_id": order.id}, {"$inc": {"attempts": 1}})
    return 1 + int(row.get("attempts", 0)) if row else 0


def fill(order: PrintOrder, stored: StoredFile, told: Content, *, now: datetime) -> bool:
    """Attach the file, with what it tells, which the trail names; False when another worker was first.

    Safe to run twice.
    """
    changes = {"file_id": stored.id, "name": stored.name, "sha256": stored.sha256, "size": stored.size}
    content = {"named": sorted(told.cases), "shown": sorted(told.fields)}

    def write() -> bool:
        here = {"_id": order.id, "file_id": None}
        done = PrintOrder.collection().update_one(here, {"$set": {**changes, **content}})
        if done.modified_count:
            note_told(PrintOrder.get(str(order.id)), "export", now)
        return bool(done.modified_count)

    return transaction(write)


def note_told(order: PrintOrder, verb: str, at: datetime) -> None:
    """Note each case of which an export tells, with the fields shown 导出留痕: when made, when fetched."""
    pieces = audit.pieces(list(order.named or ()))
    fields = {"fields": list(order.shown)} if order.shown else {}
    facts = {"way": order.kind, "file": order.file_id, **fields}
    told = {"at": at, "by": order.by, "verb": verb, "subject": f"{order.kind}:{order.id}"}
    audit.note_rows({**told, "facts": {**facts, "cases": piece}} for piece in pieces or [[]])


def set_aside(order: PrintOrder, problem: str) -> None:
    """Note why it could not be made."""
    PrintOrder.collection().update_one({"_id": order.id, "file_id": None}, {"$set": {"problem": problem}})
