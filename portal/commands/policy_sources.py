"""Where a command finds a policy 制度来源: a pack, a folder, a ZIP, a version or the draft of the house."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from pymongo.errors import PyMongoError

from documents.bundles.checking import placed
from documents.bundles.found import BundleRefused, Found
from documents.bundles.places import Place
from documents.bundles.reading import Bundle, read_path
from documents.database import connect, disconnect, ensure_indexes
from documents.draft import Draft
from documents.pack_files import PACKS, bundle, packs, supplements
from documents.policy import Policy
from documents.rules import supplements as supplement_rules
from documents.rules.broken import PolicyInvalid, RuleBroken
from documents.rules.policy_checking import problems
from documents.rules.policy_warnings import warnings
from documents.rules.whole_numbers import number_or_none
from portal.commands.policy_words import say_found
from portal.settings import Settings

FORMS = (
    "制度包名（如 p01）、文件夹、ZIP，或本单位的 KEY@current、KEY@draft、KEY@3。 "
    "A pack, a folder, a ZIP, or KEY@current, KEY@draft, KEY@3 of this house"
)


@dataclass(frozen=True)
class Source:
    """A policy that was found 制度: by what name, its definition, and where its parts stand."""

    name: str
    bundle: Bundle

    @property
    def definition(self) -> dict[str, Any]:
        """The definition."""
        return self.bundle.definition

    @property
    def is_supplement(self) -> bool:
        """Whether it attaches to another policy."""
        return "hooks" in self.definition

    def problems(self) -> tuple[Found, ...]:
        """Everything that keeps it from being published, by file and line."""
        if not self.is_supplement:
            return placed(problems(self.definition), self.bundle.places)
        host = self.definition.get("policy", {}).get("host")
        found = bundle(host).definition if host in packs() else {}
        return placed(supplement_rules.problems(self.definition, found), self.bundle.places)

    def warnings(self) -> tuple[Found, ...]:
        """What may be published and was probably not meant; of a policy that runs by itself."""
        if self.is_supplement or self.problems():
            return ()
        return placed(warnings(self.definition), self.bundle.places)


def source(text: str) -> Source:
    """The policy that somebody names; ends the command with a message when there is none."""
    if "@" in text and not Path(text).exists():
        with at_home():
            return stored(text)
    if text in {*packs(), *supplements()} and not Path(text).exists():
        return _read(text, PACKS / text)
    if not Path(text).exists():
        raise click.BadParameter(f"“{text}”不存在；可写{FORMS}: there is no “{text}”.")
    return _read(text, Path(text))


def _read(name: str, path: Path) -> Source:
    try:
        return Source(name, read_path(path))
    except BundleRefused as refused:
        say_found(refused.found)
        sys.exit(f"\n{name}：无法读取，没有任何改动。 Cannot be read; nothing was changed.")


def stored(text: str) -> Source:
    """A version or the draft of the house; the database must be open."""
    key, _, which = text.rpartition("@")
    try:
        found = Draft.of(key) if which == "draft" else _version(key, which)
    except (PolicyInvalid, RuleBroken) as refused:
        sys.exit(f"没有“{text}”。 There is no “{text}” ({refused.code}).")
    return Source(text, Bundle(dict(found.definition), Place("", 0)))


def _version(key: str, which: str) -> Policy:
    number = number_or_none(which)
    if number is not None:
        return Policy.of(key, number)
    if which in ("", "current"):
        return Policy.current(key)
    raise PolicyInvalid("no_such_version", key=key, version=which)


@contextmanager
def at_home() -> Iterator[None]:
    """The database of the house, open; ends the command with a message when it cannot be reached."""
    settings = Settings.from_environment()
    try:
        connect(settings.mongodb_uri, settings.database_name, settings.master_key)
        ensure_indexes()
        yield
    except PyMongoError as error:
        sys.exit(f"数据库无法使用；系统启动了吗（./start）？ The database cannot be used: {str(error)[:200]}")
    finally:
        disconnect()
