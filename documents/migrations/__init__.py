"""Migrations 数据迁移: dated scripts with `migrate(db)`, each run once on a house, and safe to run twice."""

from __future__ import annotations

import runpy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pymongo.database import Database

FOLDER = Path(__file__).parent
DONE = "migrations"  # the collection of what was run


def run(db: Database[dict[str, Any]]) -> list[str]:
    """Run what was not run yet, the oldest first; the names of what was run."""
    done = {row["_id"] for row in db[DONE].find({}, {"_id": 1})}
    waiting = [path for path in sorted(FOLDER.glob("[0-9]*.py")) if path.stem not in done]
    for path in waiting:
        runpy.run_path(str(path))["migrate"](db)
        at = {"$setOnInsert": {"at": datetime.now(UTC)}}
        db[DONE].update_one({"_id": path.stem}, at, upsert=True)
    return [path.stem for path in waiting]
