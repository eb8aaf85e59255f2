"""Exports 导出: asked for, made by a job, kept once."""

from __future__ import annotations

from collections.abc import Iterable

from documents import audit
from documents.database import transaction
from documents.files import StoredFile
from documents.print_order import PrintOrder


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


def fill(order: PrintOrder, stored: StoredFile, named: Iterable[str]) -> bool:
    """Attach the file, with the cases of which it tells; False when another worker was first.

    Safe to run twice.
    """
    changes = {"file_id": stored.id, "name": stored.name, "sha256": stored.sha256, "size": stored.size}
    changes["named"] = sorted(named)
    done = PrintOrder.collection().update_one({"_id": order.id, "file_id": None}, {"$set": changes})
    return bool(done.modified_count)


def set_aside(order: PrintOrder, problem: str) -> None:
    """Note why it could not be made."""
    PrintOrder.collection().update_one({"_id": order.id, "file_id": None}, {"$set": {"problem": problem}})
