"""`juanzong copies`: the second copies – opened without the portal and its database, encrypted, counted."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from documents.keyring import KeyUnfit
from jobs.second_copy import CopyUnfit, SecondCopy
from portal.data_key import WORDS
from portal.settings import Settings

NAME = "JUANZONG_COPY_FOLDER"
FOLDERS = click.Path(exists=True, file_okay=False, path_type=Path)
FROM = click.option("--from", "folder", type=FOLDERS, help=f"第二副本文件夹。 Their folder; else {NAME}.")


@click.group()
def copies() -> None:
    """第二副本：脱离门户打开、加密、清点。 The second copies: open, encrypt, count them."""


@copies.command()
@FROM
def status(folder: Path | None) -> None:
    """已加密与未加密的副本数。 How many are encrypted, how many lie there as they are."""
    copy = _copy(folder)
    plain = sum(1 for _ in copy.plain())
    click.echo(f"副本 copies: {sum(1 for _ in copy.all()):,}　未加密 not encrypted: {plain:,}")


@copies.command()
@FROM
def encrypt(folder: Path | None) -> None:
    """加密以前写下的副本；可中断，再次运行即继续。 Encrypt those from before; run it again to go on."""
    copy, damaged = _copy(folder), 0
    with click.progressbar(list(copy.plain()), label="加密 encrypting") as waiting:
        damaged = sum(not copy.encrypt(path) for path in waiting)
    click.echo(f"完成 done; 损坏、已另存 damaged and set aside: {damaged:,}")


@copies.command("open")
@click.argument("digests", nargs=-1)
@click.option("--to", "goal", type=click.Path(path_type=Path), required=True, help="写到 Where to.")
@FROM
def open_(digests: tuple[str, ...], goal: Path, folder: Path | None) -> None:
    """解开副本（缺省全部）到文件夹，逐个核对 SHA-256。 Open them, or all, into a folder, each checked."""
    copy = _copy(folder)
    goal.mkdir(parents=True, exist_ok=True, mode=0o700)
    wrong = [one for one in digests or list(copy.all()) if not _opened(copy, one, goal / one)]
    for one in wrong:
        click.echo(f"损坏或缺失 damaged or missing: {one}", err=True)
    sys.exit(1 if wrong else 0)


def _opened(copy: SecondCopy, sha256: str, goal: Path) -> bool:
    """Write one copy as it was; nothing where it is not what it should be."""
    try:
        found = _write(goal, copy.read(sha256))
    except (CopyUnfit, FileNotFoundError):
        found = ""
    if found != sha256:
        goal.unlink(missing_ok=True)
    return found == sha256


def _write(goal: Path, blocks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    with os.fdopen(os.open(goal, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        for block in blocks:
            digest.update(block)
            file.write(block)
    return digest.hexdigest()


@copies.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@FROM
def key(path: Path, folder: Path | None) -> None:
    """导出密钥：任何 age 程序可用它解开副本。 The key, with which any age program opens them, to PATH."""
    copy = _copy(folder)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise click.ClickException(f"文件已存在，未覆盖 it exists and was not overwritten: {path}") from None
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{copy.key}\n")
    click.echo(f"age -d -i {path} …/{copy.folder.name}/ab/ab….age")


def _copy(folder: Path | None) -> SecondCopy:
    """The folder with its key, or the end with what is missing."""
    settings = Settings.from_environment()
    found = folder or settings.copy_folder
    if found is None or not found.is_dir():
        raise click.ClickException(
            f"没有第二副本文件夹 there is no folder of second copies: {NAME}={found or ''}"
        )
    try:
        copy = SecondCopy(found, settings.master_key)
        _ = copy.key
    except (KeyUnfit, CopyUnfit) as unfit:
        code = str(unfit.__cause__ or unfit)
        chinese, english = WORDS.get(code, (code, code))
        raise click.ClickException(f"{chinese}。 {english}.") from unfit
    return copy
