"""What every paper job shares (制作): what can be tried again, and what is set aside with words."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable
from typing import TypeVar

from documents import files
from documents.files import NotKept, StoredFile
from documents.rules.broken import PolicyInvalid, RuleBroken
from pdf.sandbox import RenderFailed

T = TypeVar("T")
PDF = "application/pdf"
# A paper that was begun this often and never finished may take its worker with it each time.
MOST_TRIES = 4
DISK_TROUBLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO})
NEVER_FINISHED = f"连续 {MOST_TRIES} 次制作都没有完成，请查看失败作业后重试"

# Refusals that an archivist reads; any other is shown as it is.
REASONS = {
    "register_too_long": "登记册超过 {most} 条，请改用 XLSX 或 XML 格式导出",
    "numbers_missing": "下列编号去向不明：{numbers}",
    "numbers_unaccounted": "下列编号去向不明：{numbers}",
    "numbers_repeated": "下列编号重复出现：{numbers}",
    "numbers_never_issued": "下列编号从未发出：{numbers}",
    "issued_twice": "下列编号发出两次：{numbers}",
    "volume_numbers_repeated": "下列档号重复：{numbers}",
    "volume_numbers_unaccounted": "下列档号去向不明：{numbers}",
    "volume_numbers_never_issued": "下列档号不在流水之内：{numbers}",
    "volume_series_broken": "下列档号流水有缺号或重号：{numbers}",
    "file_names_collide": "下列文件名只有大小写不同：{names}",
    "stored_file_damaged": "库存文件与登记的 SHA-256 不符：{path}",
    "folder_in_use": "输出文件夹已有其他内容：{folder}",
}


class NoRoom(Exception):
    """Nothing can be kept just now 存储不可写; the message says why. It is no fault of the paper."""


class PaperUnfit(Exception):
    """A paper cannot be made from what is stored; the message says why, in words for the archivist."""


def made(make: Callable[[], T], *, tries: int) -> T:
    """What was made. What fails again and again is PaperUnfit; what may succeed next time goes on to rq."""
    if tries > MOST_TRIES:
        raise PaperUnfit(NEVER_FINISHED)
    try:
        return make()
    except RenderFailed as error:
        if error.retryable and tries < MOST_TRIES:
            raise  # find_waiting brings it back
        raise PaperUnfit(f"无法排版：{error.reason}") from error
    except (RuleBroken, PolicyInvalid) as error:
        raise PaperUnfit(reason_of(error)) from error
    except OSError as error:
        if error.errno not in DISK_TROUBLE:
            raise
        raise NoRoom(f"作业所在机器的磁盘不能写入（{os.strerror(error.errno)}）") from error


def reason_of(error: RuleBroken | PolicyInvalid) -> str:
    """A refusal in words."""
    words = REASONS.get(error.code)
    return words.format(**error.facts) if words else f"内容与制度不符：{error}"


def store(content: bytes, name: str, *, media_type: str = PDF) -> StoredFile:
    """Keep what was made; raises NoRoom."""
    try:
        return files.store(io.BytesIO(content), name, media_type=media_type)
    except NotKept as error:
        raise NoRoom(f"文件库拒绝写入，可能磁盘空间不足（{error}）") from error


def kept(stored: StoredFile, was_kept: bool) -> str:
    """The digest of what was kept; what came second is thrown away."""
    if was_kept:
        return stored.sha256
    files.delete(stored.id)
    return "another worker was first"
