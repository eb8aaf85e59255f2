"""What comes back from an archive room is read as plain values within bounds, or refused in words."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from typing import Any

import pytest

from documents.rules import opinions
from documents.rules.broken import RuleBroken
from documents.rules.opinions import Opinion, opinions_of, read_result, read_table

WHOLE: dict[str, Any] = {
    "checker": "juanzong-verifier",
    "package": "0128-2026-投诉",
    "checked_at": "2027-01-08T09:30:00+00:00",
    "ok": False,
    "counts": {"volumes": 3},
    "findings": [{"code": "changed", "path": "data/x", "zh": "被改动", "en": "changed", "detail": ""}],
    "rejected": [{"volume": "0128-1", "reason": "被改动"}],
    "elsewhere": 0,
}
HEAD = "移交包,轮次,档号,投诉编号,题名,意见,退回原因\r\n"
LINE = "P,1,0128-1,TS-1,题名,接收,\r\n"


def written(**changes: Any) -> bytes:
    return json.dumps(WHOLE | changes).encode()


def test_a_result_is_read_as_it_was_written():
    found = read_result(b"\xef\xbb\xbf" + written())
    assert (found.package, found.ok, found.counts) == ("0128-2026-投诉", False, {"volumes": 3})
    assert found.rejected == {"0128-1": "被改动"}
    assert found.elsewhere == 0


def test_only_what_can_be_kept_is_taken_over():
    counts = {"volumes": -1, "files": 1 << 80, "a.b": 1, "$set": 1, "bytes": True, "parts": "3", "numbers": 5}
    rejected = [{"volume": "\ud800", "reason": ["x"]}, 7, None]
    found = read_result(written(counts=counts, rejected=rejected, elsewhere="many", package="\udfff" * 999))
    assert found.counts == {"numbers": 5}
    assert found.rejected == {"?": ""}
    assert found.elsewhere is None
    assert found.package == "?" * 200


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"[]", b"null", b"\xff\xfe{}", b"{" * 5000, b"[" * 500_000, b"9" * 5000, b'{"checker":1}'),
        *(written(ok="yes"), written(findings={}), written(findings=[7]), written(counts=[])),
        *(written(package=None), written(checked_at=5), b" " * (opinions.LARGEST + 1)),
    ],
)
def test_what_is_no_result_is_refused(content):
    with pytest.raises(RuleBroken, match="result_unreadable"):
        read_result(content)


@pytest.mark.parametrize("rejected", [7, None, "x", {"volume": "x"}, [[[]]]])
def test_a_result_whose_rejections_are_none_names_no_volume(rejected):
    assert read_result(written(rejected=rejected)).rejected == {}


def test_a_result_and_a_table_damaged_anywhere_are_read_or_refused():
    chance = random.Random(20261231)
    for content, read in ((written(), read_result), ((HEAD + LINE * 3).encode(), read_table)):
        for _turn in range(400):
            start = chance.randrange(len(content))
            piece = chance.choice((b"", b"\0", b'"', b"\xff", b"\\ud800", b"[", b",", b"\r", b"1e999"))
            with suppress(RuleBroken):
                read(content[:start] + piece + content[start + chance.randrange(4) :])


def test_a_table_that_a_spreadsheet_saved_is_read():
    for encoding in ("utf-8-sig", "gb18030"):
        (row,) = read_table((HEAD + LINE).encode(encoding))
        assert opinions_of([row]) == [Opinion("0128-1", "accepted")]


@pytest.mark.parametrize(
    "text",
    [
        *("", HEAD, LINE, HEAD + "P,1\r\n", "档号,意见\r\n1,接收\r\n", HEAD + '"' + "x" * 200_000),
        pytest.param(HEAD + ",,,,,,\r\n" * (opinions.MOST_ROWS + 1), id="rows without end"),
    ],
)
def test_what_is_no_table_is_refused(text):
    with pytest.raises(RuleBroken, match="opinions_unreadable"):
        read_table(text.encode())
