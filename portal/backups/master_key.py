"""Whether what was restored can be read 主密钥核对: with our master key, or with the one of the backup."""

from __future__ import annotations

import sys
from typing import NoReturn

from documents import database, keyring
from documents.keyring import COLLECTION, KeyUnfit, fingerprint, master_from
from portal.backups.house import Unpacking
from portal.data_key import VARIABLE
from portal.settings import DATA_KEY, Settings


def fitting(uri: str, name: str, house: Unpacking, settings: Settings) -> bytes | None:
    """The master key of the restored database; the end, with what is missing, where it is not at hand.

    A trial may use the one of the backup; a portal that is to run needs it in its own place.
    """
    ours = settings.master_key
    theirs = master_from(house.data_key) if house.data_key else None
    database.connect(uri, name, ours)
    try:
        wanted = database.database()[COLLECTION].find_one({}, {"master": 1})
        if wanted is None or _opens(ours):
            return ours
        if _opens(theirs):
            if house.folder is not None:
                _left_alone(settings)
            return theirs
        _missing(str(wanted["master"]), ours)
    finally:
        database.disconnect()


def _opens(master: bytes | None) -> bool:
    if master is None:
        return False
    keyring.use(master, database.database)
    try:
        keyring.ring().refresh()
    except KeyUnfit:
        return False
    return True


def _left_alone(settings: Settings) -> NoReturn:
    """The right key came with the backup, and another one is in its place."""
    place = settings.data_folder / DATA_KEY
    sys.exit(
        f"数据已恢复，但用现有的主密钥不能读取：备份中的 {DATA_KEY} 才是。"
        f"移走 {place}（或不再设置 {VARIABLE}），再恢复到一个新数据库。\n"
        "All is restored, but our master key does not read it; the one of the backup does. "
        f"Move {place} away (or unset {VARIABLE}) and restore into another new database."
    )


def _missing(wanted: str, ours: bytes | None) -> NoReturn:
    """The key was brought by settings, so the backup has it not."""
    found = fingerprint(ours) if ours else "–"
    sys.exit(
        f"数据已恢复，但不能读取：缺少主密钥 {wanted}（现有 {found}）。它当初由设置提供，不在备份中："
        f"取出您保管的那一份，以 {VARIABLE}=文件 启动门户；不必重新恢复。\n"
        f"All is restored, but it cannot be read: the master key {wanted} is missing (here is {found}). "
        "Settings had brought it, so the backup has it not: take the copy that you keep and start "
        f"the portal with {VARIABLE}=FILE; nothing need be restored again."
    )
