"""Second factors under the keys of the data 两步验证改用数据密钥: another house secret voids none."""

from __future__ import annotations

from typing import Any

from pymongo.database import Database

from documents.encryption import Encryption
from documents.second_factor import SecondFactor, moved


def migrate(db: Database[dict[str, Any]]) -> None:
    """One after the other; what does not open with the present secret stays as it is. Safe to run twice."""
    rows = db[SecondFactor._get_collection_name()]
    encryption = SecondFactor.encryption() or Encryption(rows.name)
    for row in list(rows.find()):
        found = moved(encryption.opened(row))
        if found:
            seen = {name: row[name] for name in found if name in row}
            change = encryption.update({"$set": found}, {"_id": row["_id"]})
            rows.update_one({"_id": row["_id"], **seen}, change)
