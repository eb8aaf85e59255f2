"""What is wrong with a backup or a slice, in words 备份说明: what happened, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from bson.timestamp import Timestamp

WORDS = {
    "too_slow": (
        "数据库已不再保留备份开始时的状态。请在空闲时重试，或调大 minSnapshotHistoryWindowInSeconds",
        "the database forgot the moment the backup began at; try when it is idle, or let it remember longer",
    ),
    "changed": (
        "备份期间集合或索引有变动（升级？）。请重试",
        "collections or indexes changed meanwhile (an upgrade?); try again",
    ),
    "not_empty": (
        "目标数据库已存在。恢复从不覆盖：请用 --into 指定一个新名称",
        "that database exists, and nothing is ever overwritten: name a new one with --into",
    ),
    "damaged": ("备份文件内容损坏", "the content of the backup is damaged"),
    "not_whole": ("备份文件不完整", "the backup is not whole"),
    "differs": ("恢复后的内容与备份时不一致", "what was restored differs from what was backed up"),
    "recipient": ("不是公钥（age1…）", "no public key (age1…)"),
    "identity": ("不是私钥文件（AGE-SECRET-KEY-…）", "no file with a secret key (AGE-SECRET-KEY-…)"),
    "file": (
        "无法解密：私钥不符，或文件被改动、被截断",
        "it cannot be decrypted: another key, or the file was changed or cut off",
    ),
    "no_backup": (
        "这个数据库还没有完整备份，变更无从接续。先运行 juanzong backup FILE",
        "there is no full backup of this database that changes could follow; run juanzong backup FILE first",
    ),
    "another": (
        "文件夹里的变更片属于另一个数据库（或恢复之前的数据库）。先做一次完整备份：juanzong backup FILE",
        "the slices of this folder are of another database, or of this one before it was restored; "
        "make a full backup first: juanzong backup FILE",
    ),
    "history_lost": (
        "数据库的操作日志已不再保留 {since} 以后的全部变更。"
        "请立即做一次完整备份：juanzong backup FILE，并加大 oplog",
        "the oplog no longer holds everything since {since}: make a full backup now, juanzong backup FILE, "
        "and give the oplog more room",
    ),
    "too_large": (
        "{since} 之后有一项变更超过 16 MB，此版本的服务器不能分段发送（需 6.0.9 或更新）。请做一次完整备份",
        "a change after {since} is larger than 16 MB, and this server cannot send it in parts "
        "(6.0.9 and later can); make a full backup",
    ),
    "no_moment": (
        "这个备份没有记录集群时间（旧版本所做），只能恢复到备份时刻",
        "this backup tells no cluster time (an earlier release made it): only its own moment can be restored",
    ),
    "too_early": (
        "备份是 {time} 的，晚于所要的时刻。请选一个更早的备份",
        "the backup is of {time}, later than the moment that is wanted; take an earlier one",
    ),
    "too_late": (
        "变更片只到 {time}。更晚的时刻恢复不了；--until latest 恢复到这里",
        "the slices end at {time}; no later moment can be restored, --until latest goes that far",
    ),
    "gap": (
        "缺少变更片：{since} 到 {until} 之间的变更不在文件夹里。在此之前的时刻仍可恢复",
        "a slice is missing: what changed between {since} and {until} is not in the folder; "
        "moments before that can be restored",
    ),
    "misnamed": (
        "变更片的内容与文件名不符（改过名？）",
        "the slice is not what its name says; was it renamed?",
    ),
    "not_understood": (
        "{at} 的变更“{what}”不是门户所做，不能重做。用 --until 恢复到它之前",
        "the change “{what}” at {at} is none that the portal makes and cannot be redone; "
        "restore to a moment before it with --until",
    ),
    "not_fitting": (
        "{at} 的变更“{what}”与已恢复的数据不符",
        "the change “{what}” at {at} does not fit what was restored",
    ),
    "dropped": (
        "数据库在 {at} 被删除。用 --until 恢复到它之前",
        "the database was dropped at {at}; restore to a moment before that with --until",
    ),
}


def worded(code: str, facts: Mapping[str, object], zone: ZoneInfo) -> tuple[str, str]:
    """The words for a code, Chinese and English."""
    told = {name: local(one, zone) if isinstance(one, Timestamp) else one for name, one in facts.items()}
    chinese, english = WORDS[code]
    return chinese.format(**told), english.format(**told)


def local(time: Timestamp, zone: ZoneInfo) -> str:
    """A cluster time on the organisation's clocks."""
    return f"{time.as_datetime().astimezone(zone):%Y-%m-%d %H:%M:%S}"
