"""What an import settles in the house 对照设置: choices on the command line and in a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click

from documents.actions import reconciling
from documents.bundles.chosen import Chosen, on_the_line, placed_choices, read_choices
from documents.bundles.found import BundleRefused, Found
from documents.bundles.places import Place
from documents.rules.broken import RuleBroken
from portal.commands.policy_sources import Source
from portal.commands.policy_words import say_found


@dataclass(frozen=True)
class Given:
    """The choices as somebody gave them: KEY=VALUE on the line, and a file."""

    line: tuple[str, ...] = ()
    file: Path | None = None


def settled_options(command: Callable[..., None]) -> Callable[..., None]:
    """The two options, given to the command as one."""

    @click.option("--bind", "line", multiple=True, metavar="KEY=VALUE", help="对照设置。 Settle a need.")
    @click.option(
        "--bindings",
        "file",
        type=click.Path(path_type=Path),
        help="设置文件（YAML）。 A file of choices.",
    )
    @wraps(command)
    def given(*, line: tuple[str, ...], file: Path | None, **others: Any) -> None:
        command(settled=Given(line, file), **others)

    return given


def actor() -> str:
    """Who gives the command, for the records."""
    return f"command:{os.environ.get('USER', '')}"


@dataclass(frozen=True)
class Settling:
    """The choices that came with an import 随导入的设置, and where each is written."""

    source: Source
    line: Chosen = field(default_factory=dict)
    file: Chosen = field(default_factory=dict)
    places: Place | None = None

    @classmethod
    def read(cls, source: Source, settled: Given) -> Settling:
        """The choices as they are given; ends the command naming everything that cannot be read."""
        found: list[Found] = []
        given, written, places = Chosen(), Chosen(), None
        try:
            given = on_the_line(settled.line)
        except BundleRefused as refused:
            found.extend(refused.found)
        try:
            written, places = read_choices(settled.file) if settled.file else (Chosen(), None)
        except BundleRefused as refused:
            found.extend(refused.found)
        settling = cls(source, given, written, places)
        if found:
            settling.refuse(found)
        return settling

    @property
    def choices(self) -> Chosen:
        """All choices; the command line comes before the file."""
        return {**self.file, **self.line}

    def with_this(self, then: Callable[[], None], *, now: datetime) -> None:
        """Enter the choices and do the rest, both or neither; ends the command with what is wrong."""
        try:
            reconciling.together(self.source.definition, self.choices, then, actor=actor(), now=now)
        except RuleBroken as refused:
            if refused.code != "bindings_refused":
                raise
            found: Any = refused.facts["problems"]
            self.refuse(placed_choices(found, self.places, self.line))

    def refuse(self, found: list[Found]) -> None:
        """End the command: what is wrong with the choices; nothing was entered and nothing imported."""
        say_found(sorted(found))
        sys.exit(
            f"\n{self.source.name}：{len(found)} 处设置有误，没有导入，本单位没有改动。 "
            f"Not imported: {len(found)} choices are wrong; nothing was changed."
        )

    def say(self) -> None:
        """What was settled."""
        for key, values in self.choices.items():
            click.echo(f"  ✓ {key} = {', '.join(values)}")
