"""Whether the master key 主密钥 fits the data: asked before anything is written, told with what to do."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from pymongo.errors import PyMongoError

from documents import keyring, leftovers
from documents.database import connect
from documents.keyring import KeyUnfit
from documents.second_factor import know_earlier
from portal.findings import Finding, bad, good, warning
from portal.settings import DATA_KEY, Settings

VARIABLE = "JUANZONG_DATA_KEY_FILE"
WORDS = {
    "missing": ("没有数据主密钥", "there is no master key for the data"),
    "malformed": ("数据主密钥不是 32 字节的 Base64", "the master key is no Base64 of 32 bytes"),
    "wrong": (
        "数据主密钥与数据库不符：数据库是用另一把密钥加密的",
        "the master key is not that of this database: its data was encrypted with another one",
    ),
    "lost": (
        "数据库中缺少一把数据密钥：请从备份恢复",
        "a data key is missing in the database: restore a backup",
    ),
}


def remedy(settings: Settings) -> str:
    """Where the right key belongs."""
    return f"{VARIABLE}=/path  (现 now {settings.data_folder / DATA_KEY}; docs/operations.md)"


def open_database(settings: Settings) -> None:
    """Connect; with a key that does not fit the process ends here and says why."""
    know_earlier(settings.secret_key)
    try:
        connect(settings.mongodb_uri, settings.database_name, settings.master_key)
        keyring.ring().refresh()
    except KeyUnfit as unfit:
        chinese, english = WORDS[str(unfit)]
        sys.exit(f"{chinese}。\n{english}.\n→ {remedy(settings)}")
    except PyMongoError:
        return  # whoever asks the database next says so


def keys(settings: Settings) -> Iterator[Finding]:
    """The key of the encrypted data, for the doctor."""
    try:
        connect(settings.mongodb_uri, settings.database_name, settings.master_key)
        found = keyring.ring()
        found.refresh()
    except KeyUnfit as unfit:
        yield bad(*WORDS[str(unfit)], remedy(settings))
    else:
        number = found.current.number
        yield good(f"数据已加密（密钥 {number}）", f"data is encrypted (key {number})")
        yield from _left_by_an_upgrade(settings)


def _left_by_an_upgrade(settings: Settings) -> Iterator[Finding]:
    """Whether a server still has in its oplog, and so in its files, what was readable once."""
    since = leftovers.upgraded_at()
    for host in leftovers.hosts() if since else ():
        found = leftovers.look(settings.mongodb_uri, host)
        if found.since is None or (since and found.since < since):
            words = (f"{host} 的文件中还有升级前的明文", f"the files of {host} hold what was readable before")
            yield warning(*words, "juanzong keys leftovers --compact; docs/operations.md: Left by an upgrade")
