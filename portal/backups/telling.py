"""What backing up and restoring say on the terminal 备份命令的输出, and the connection that both use."""

from __future__ import annotations

import sys
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

import click
from pymongo import MongoClient

from documents.backup import BackupBroken, Tally
from portal.backups.age import Undecipherable
from portal.backups.words import WORDS, worded
from portal.servers import ServerFailed, ServerMissing


@contextmanager
def client_of(uri: str) -> Iterator[MongoClient[dict[str, Any]]]:
    """A connection to the servers; what it writes, the majority has."""
    with MongoClient[dict[str, Any]](uri, w="majority", serverSelectionTimeoutMS=10_000) as client:
        yield client


@contextmanager
def explained(chinese: str, english: str, zone: str) -> Iterator[None]:
    """What one can do about, in words; anything else stays an error."""
    try:
        yield
    except (BackupBroken, Undecipherable) as refused:
        facts = refused.facts if isinstance(refused, BackupBroken) else {}
        words = worded(str(refused), facts, ZoneInfo(zone))
        of = "".join(f" ({note})" for note in getattr(refused, "__notes__", ()))
        sys.exit(f"{chinese}{of}：{words[0]}。\n{english}{of}: {words[1]}.")
    except tarfile.ReadError as error:
        sys.exit(f"{chinese}：{WORDS['damaged'][0]}。\n{english}: {WORDS['damaged'][1]} ({error}).")
    except (ServerFailed, ServerMissing, OSError) as error:
        sys.exit(f"{chinese}：{error}\n{english}: {error}")


@contextmanager
def about(name: str) -> Iterator[None]:
    """Say which file it was that broke."""
    try:
        yield
    except (BackupBroken, Undecipherable, tarfile.ReadError) as broken:
        broken.add_note(name)
        raise


def say(found: Mapping[str, Tally]) -> None:
    """What each collection holds, and all together."""
    for name, tally in found.items():
        if tally.documents:
            click.echo(f"  {name:<28}{tally.documents:>12,}{tally.size:>16,} bytes  {tally.sha256[:16]}")
    total = sum(tally.documents for tally in found.values())
    click.echo(f"{len(found)} 个集合，{total:,} 条。 {len(found)} collections, {total:,} documents.")
