"""The chain of the audit trail 审计链: what a hash covers, and what does not follow.

Entries stand in lanes. The hash of an entry covers the hash of the one before it in its lane, its place and
everything it says; of its facts it covers a salted digest, so that a destruction can take the facts away and
leave nothing from which they could be guessed. A seal, which only the key of the house makes, stands on each
hash: everybody can follow the chain, nobody without the key goes on with it. See docs/decisions/015.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

Row = Mapping[str, Any]
Head = tuple[int, bytes]
Seal = Callable[[bytes], bytes]

START: Final = b""
EARLIER: Final = 0  # the lane of entries that were written before there was a chain
UNREADABLE: Final = "unreadable"  # the one fact of an entry whose facts cannot be opened
REDACT: Final = "redact"
REDACTION: Final = "redaction:"
CHAINED: Final = "audit_chained"
SEALED: Final = "audit_sealed"  # the entry with which the seals of a lane from before them begin

ALTERED, FACTS, MISSING, UNKNOWN = "altered", "facts", "missing", "unreadable"
UNCHAINED, REMOVED, TAIL, LANE_GONE = "unchained", "redacted", "tail", "lane_gone"
REWRITTEN, FORGED = "rewritten", "forged"
BREAKS: Final = (ALTERED, FACTS, MISSING, UNKNOWN, UNCHAINED, REMOVED, TAIL, LANE_GONE, REWRITTEN, FORGED)


@dataclass(frozen=True)
class Break:
    """What does not follow 断点: where, and how; `count` says how many entries it is about."""

    code: str
    lane: int | None = None
    seq: int | None = None
    entry: str = ""
    count: int = 1


def stored_moment(moment: datetime) -> datetime:
    """MongoDB keeps milliseconds; the hash must see the same moment before and after storing."""
    return moment.astimezone(UTC).replace(microsecond=moment.microsecond // 1000 * 1000)


def written(value: Any) -> bytes:
    """The one way in which a value is written down for hashing."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain
    ).encode()


def _plain(value: Any) -> str:
    return stored_moment(value).isoformat() if isinstance(value, datetime) else str(value)


def facts_hash(salt: bytes, facts: Row) -> bytes:
    """The digest of what an entry remembers."""
    return hashlib.sha256(salt + written(facts)).digest()


def entry_hash(before: bytes, row: Row) -> bytes:
    """SHA-256 over the hash before and the entry itself."""
    said = [
        *(before.hex(), row["lane"], row["seq"], str(row["_id"]), stored_moment(row["at"]).isoformat()),
        *(row["by"], row["verb"], row["subject"], bytes(row["facts_hash"]).hex()),
    ]
    return hashlib.sha256(written(said)).digest()


def seal_of(key: bytes, digest: bytes) -> bytes:
    """The seal 封印 on the hash of an entry."""
    return hashlib.blake2b(digest, key=key, digest_size=16).digest()


def chained(
    rows: Iterable[Row], lane: int, head: Head | None, salts: Iterator[bytes]
) -> list[dict[str, Any]]:
    """The rows as they follow the head of a lane."""
    seq, before = head or (0, START)
    found = []
    for row in rows:
        seq, salt = seq + 1, next(salts)
        one = {**row, "at": stored_moment(row["at"]), "lane": lane, "seq": seq, "salt": salt}
        one["facts_hash"] = facts_hash(salt, row["facts"])
        before = one["hash"] = entry_hash(before, one)
        found.append(one)
    return found


def redacted_hash(before: bytes, row: Row) -> bytes:
    """The digest over redacted entries, one after the other: their hashes and what stays of their facts."""
    return hashlib.sha256(before + bytes(row["hash"]) + written(row["facts"])).digest()


def words_digest(secret: str, words: str) -> str:
    """The keyed digest of searched words 检索词摘要; without the secret nobody can try words out."""
    text = " ".join(words.lower().split())
    return hmac.new(secret.encode(), f"audit:{text}".encode(), hashlib.sha256).hexdigest()[:24]


@dataclass
class Walk:
    """A walk along all lanes 逐条核对; `marks` are the heads that checkpoints remember of each lane.

    Without `seal` no seals are asked for. Entries from before there were seals have none; behind the first
    seal of its lane each entry has one, and so has the last of every lane.
    """

    marks: Mapping[int, Mapping[int, bytes]] = field(default_factory=dict)
    seal: Seal | None = None
    count: int = 0
    heads: dict[int, Head] = field(default_factory=dict)
    redacted: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    sealed: set[int] = field(default_factory=set)  # the lanes whose seals have begun

    def breaks(self, rows: Iterable[Row]) -> Iterator[Break]:
        """What does not follow; the rows come in the order of lane and number."""
        lane: int | None = None
        for row in rows:
            self.count += 1
            if not _is_whole(row):
                yield Break(UNKNOWN, _number(row, "lane"), _number(row, "seq"), str(row["_id"]))
                continue
            if row["lane"] != lane:
                yield from self._cut(lane)
                lane = row["lane"]
            yield from self._next(row)
        yield from self._cut(lane)
        for gone in sorted(set(self.marks) - set(self.heads)):
            most = max(self.marks[gone], default=0)
            yield Break(LANE_GONE, gone, most, count=most)

    def _cut(self, lane: int | None) -> Iterator[Break]:
        """The tail of a lane, against what a checkpoint saw."""
        if lane is None:
            return
        last, most = self.heads.get(lane, (0, START))[0], max(self.marks.get(lane, ()), default=0)
        if most > last:
            yield Break(TAIL, lane, last + 1, count=most - last)
        if self.seal and lane not in self.sealed:
            yield Break(FORGED, lane, last)

    def _next(self, row: Row) -> Iterator[Break]:
        lane = row["lane"]
        last, before = self.heads.get(lane, (0, START))
        if row["seq"] > last + 1:
            yield Break(MISSING, lane, last + 1, count=row["seq"] - last - 1)
        elif row["seq"] <= last or entry_hash(before, row) != row["hash"]:
            yield Break(ALTERED, lane, row["seq"], str(row["_id"]))
        yield from self._facts(row)
        yield from self._sealed(row)
        if row["seq"] > last:
            self.heads[lane] = row["seq"], bytes(row["hash"])
        marked = self.marks.get(lane, {}).get(row["seq"])
        if marked is not None and marked != row["hash"]:
            yield Break(REWRITTEN, lane, row["seq"], str(row["_id"]))

    def _facts(self, row: Row) -> Iterator[Break]:
        token = row.get("redacted")
        if not isinstance(row.get("facts") or {}, Mapping) or UNREADABLE in (row.get("facts") or {}):
            yield Break(UNKNOWN, row["lane"], row["seq"], str(row["_id"]))
        elif token and isinstance(token, str):
            count, before = self.redacted.get(token, (0, START))
            self.redacted[token] = count + 1, redacted_hash(before, row)
        elif facts_hash(_bytes(row, "salt"), row.get("facts") or {}) != row["facts_hash"]:
            yield Break(FACTS, row["lane"], row["seq"], str(row["_id"]))

    def _sealed(self, row: Row) -> Iterator[Break]:
        lane, seal = row["lane"], _bytes(row, "seal")
        if self.seal is None or not (seal or lane in self.sealed):
            return
        if hmac.compare_digest(seal, self.seal(bytes(row["hash"]))):
            self.sealed.add(lane)
        else:
            yield Break(FORGED, lane, row["seq"], str(row["_id"]))

    def unvouched(self, vouchers: Mapping[str, Sequence[Row]]) -> Iterator[Break]:
        """Redactions that no entry vouches for: `vouchers` are the facts of those entries, by token."""
        for token, (count, digest) in self.redacted.items():
            said = [(one.get("entries"), one.get("digest")) for one in vouchers.get(token, ())]
            if (count, digest.hex()) not in said:
                yield Break(REMOVED, entry=token, count=count)


def _number(row: Row, name: str) -> int | None:
    """The place of an entry, where it is one."""
    found = row.get(name)
    return found if isinstance(found, int) else None


def _bytes(row: Row, name: str) -> bytes:
    """Bytes of an entry; anything else is none."""
    found = row.get(name)
    return bytes(found) if isinstance(found, bytes) else b""


def _is_whole(row: Row) -> bool:
    """Whether an entry has everything that its hash covers, each of its own kind."""
    kinds: Mapping[str, type | tuple[type, ...]] = {
        **{"lane": int, "seq": int, "at": datetime, "by": str, "verb": str, "subject": str},
        **{"facts_hash": bytes, "hash": bytes},
    }
    return all(isinstance(row.get(name), kind) for name, kind in kinds.items())
