"""No cell becomes a formula, whoever writes the table."""

from __future__ import annotations

import pytest

from documents.rules.cells import guarded
from pdf import verifier

RISKY = [*"=+-@＝＋－＠", "\t", "\r", "\n", "\r\n", " =", "\u3000＝", "\xa0@", "\n="]
PLAIN = ["", " ", "转账 = 收费", "13800000000", "1-2", "（=）", "'=1"]


@pytest.mark.parametrize("write", [guarded, verifier._harmless])
def test_what_begins_like_a_formula_is_text(write):
    assert [one for one in RISKY if write(f"{one}1+1|cmd") != f"'{one}1+1|cmd"] == []
    assert [one for one in PLAIN if write(one) != one] == []
