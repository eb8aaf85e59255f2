"""A bundle is read strictly: whatever is wrong with it is refused with file, line and remedy, at once."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.bundles import nodes
from documents.bundles.found import REFUSALS, BundleRefused, Found
from documents.bundles.places import every, locate
from documents.bundles.reading import Bundle, read_files
from documents.pack_files import PACKS, bundle, packs


def refused(text: str | bytes, name: str = "policy.yaml") -> tuple[Found, ...]:
    """What is said about one file."""
    raw = text.encode() if isinstance(text, str) else text
    with pytest.raises(BundleRefused) as caught:
        read_files({name: raw})
    return caught.value.found


PLAIN = [
    *[(word, word) for word in ("on", "off", "no", "yes", "No", "y", "n", "2026-01-01", "2026-01-01 09:00")],
    *[
        (word, word)
        for word in ("06-15", "1:30", "13:00", "0668", "007", "0x1F", "0o17", "1e5", ".5", "5.", "+3")
    ],
    *[(word, word) for word in ("1_000", ".inf", ".nan", "1.2.3", "12a", "=", "<<", "QH-CD")],
    *[("true", True), ("True", True), ("false", False), ("null", None), ("~", None), ("", None)],
    *[("0", 0), ("-3", -3), ("7", 7), ("1.5", 1.5), ("-0.25", -0.25), ("9223372036854775807", 2**63 - 1)],
    *[("'7'", "7"), ('"true"', "true"), ("''", "")],
]


@pytest.mark.parametrize(("written", "meant"), PLAIN, ids=[one[0] or "nothing" for one in PLAIN])
def test_words_mean_what_they_look_like(written: str, meant: object) -> None:
    found = read_files({"policy.yaml": f"a: {written}\n".encode()}).definition["a"]
    assert found == meant
    assert type(found) is type(meant)


def test_words_of_yaml_1_1_are_keys_like_any_other() -> None:
    assert read_files({"policy.yaml": b"{on: 1, no: 2, yes: 3, 06-15: 4, 1: 5}"}).definition == {
        **{"on": 1, "no": 2, "yes": 3},
        **{"06-15": 4, "1": 5},
    }


def test_an_alias_is_written_out_so_that_its_copies_do_not_change_together() -> None:
    found = read_files({"policy.yaml": b"a: &x {list: [1]}\nb: *x\n"}).definition
    found["a"]["list"].append(2)
    assert found["b"] == {"list": [1]}


REFUSED = [
    ("a: 1\nb: 2\na: 3\n", "duplicate_key", 3),
    ("a:\n  - {key: x, key: y}\n", "duplicate_key", 2),
    ("a: &x [*x]\n", "alias_cycle", 1),
    ("a: &x\n  b: {c: *x}\n", "alias_cycle", 2),
    ("a: *gone\n", "alias_unknown", 1),
    ("a: !!python/object/apply:os.system [ls]\n", "tag", 1),
    ("a: !!str 5\n", "tag", 1),
    ("a: ! 5\n", "tag", 1),
    ("%TAG ! tag:x,2000:\n---\na: !b 5\n", "tag", 3),
    ("x: &x {a: 1}\ny:\n  <<: *x\n", "merge_key", 3),
    ("a: b: c\n", "yaml", 1),
    ("a: [1, 2\nb: 3\n", "yaml", 2),
    ("a: 'open\n", "yaml", 2),
    ("a:\n\tb: 1\n", "yaml", 2),
    ("a: 1\n---\nb: 2\n", "several_documents", 2),
    ("%YAML 1.1\n---\na: on\n", "yaml_version", 2),
    ("- a\n", "not_a_table", 1),
    ("text\n", "not_a_table", 1),
    ("? {a: 1}\n: b\n", "bad_key", 1),
    (": b\n", "bad_key", 1),
    ("$where: b\n", "bad_key", 1),
    ("a.b: c\n", "bad_key", 1),
    ("ok: 1\na: x\x00y\n", "control_character", 2),
    ("ok: 1\na: x\x1by\n", "control_character", 2),
    ("ok: 1\na: x\x85y\n", "control_character", 2),
    ('a: "\\0"\n', "control_character", 1),
    ('a: "\\ud800"\n', "control_character", 1),
    ("\ufeffa: 1\n", "bom", 1),
    ("a: 12345678901234567890\n", "number_too_long", 1),
    ("a: " + "9" * 5000 + "\n", "number_too_long", 1),
    ("a: 1.2345678901234567\n", "number_too_long", 1),
    ("a: " + "[" * 60 + "]" * 60, "too_deep", 1),
    ("".join("  " * depth + "a:\n" for depth in range(60)), "too_deep", 41),
]


@pytest.mark.parametrize(
    ("text", "code", "line"), REFUSED, ids=[f"{one[1]}:{one[0][:20]!r}" for one in REFUSED]
)
def test_what_is_wrong_is_refused_with_its_line_and_remedy(text: str, code: str, line: int) -> None:
    found = refused(text)[0]
    assert (found.file, found.line) == ("policy.yaml", line)
    start = REFUSALS[code][0].partition("{")[0]
    assert found.zh.startswith(start)
    assert found.en
    assert found.remedy_zh
    assert found.remedy_en


def test_other_encodings_are_refused() -> None:
    assert "UTF-8" in refused("a: 投诉\n".encode("gb18030"))[0].zh
    assert refused("ok: 1\na: 投诉\n".encode("gb18030"))[0].line == 2
    assert "BOM" in refused("a: 1\n".encode("utf-16"))[0].zh


def test_everything_is_said_at_once_in_order() -> None:
    with pytest.raises(BundleRefused) as caught:
        read_files(
            {
                "limits.yaml": b"limits: []\nlists: {}\n",
                "policy.yaml": b"a: 1\na: 2\nb: !x 3\n",
                "forms.yaml": b"forms: [",
                "lists.yaml": b"lists: {}\n",
            }
        )
    assert [(one.file, one.line) for one in caught.value.found] == [
        *[("forms.yaml", 1), ("limits.yaml", 2), ("policy.yaml", 2), ("policy.yaml", 3)]
    ]
    assert "lists.yaml" in caught.value.found[1].en


def test_the_place_of_a_refusal_names_its_key() -> None:
    text = "forms:\n  - key: intake\n    sections:\n      - {key: source, fields: [{key: a, type: !x b}]}\n"
    assert refused(text, "forms.yaml")[0].path == "forms[intake].sections[source].fields[a].type"


BOMBS = {
    "parts": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)),
    "characters": f"a: &a {'x' * 100_000}\nb: [{','.join(['*a'] * 10_000)}]\n",
    "depth": "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 3_000)),
    "opened": "[" * 900_000,
    "dashes": "- " * 450_000,
    "tables": "{a: " * 200_000,
    "questions": "? " * 450_000,
    "anchors": "a: [" + ",".join(f"&a{n} 1" for n in range(40_000)) + "]",
    "one line": "a: " + "x " * 200_000,
    "lines": "a: x\n" + " x\n" * 100_000,
    "quotes": 'a: "' + '\\"' * 450_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_goes_off_in_no_time(name: str) -> None:
    start = time.process_time()
    if name in ("anchors", "one line", "lines"):  # large, but no more than it seems
        read_files({"policy.yaml": BOMBS[name].encode()})
    else:
        assert refused(BOMBS[name])
    assert time.process_time() - start < nodes.MAX_SECONDS


def test_reading_stops_when_it_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nodes, "MAX_SECONDS", -1.0)
    assert "读取时间过长" in refused("a: 1\n")[0].zh


# --- the manifest


def test_a_bundle_of_a_newer_product_is_refused_before_all_else() -> None:
    files = {"bundle.yaml": b"format: 2\nproduct: 9.0\n", "policy.yaml": b"a: 1\na: 2\n"}
    with pytest.raises(BundleRefused) as caught:
        read_files(files)
    assert [one.file for one in caught.value.found] == ["bundle.yaml"]
    assert "升级" in caught.value.found[0].remedy_zh


@pytest.mark.parametrize("written", ["0", "two", "true", "''", "1.5", "[1]"])
def test_an_odd_format_is_refused(written: str) -> None:
    with pytest.raises(BundleRefused, match="unknown"):
        read_files({"bundle.yaml": f"format: {written}".encode(), "policy.yaml": b"a: 1"})


def test_a_listed_file_that_is_missing_is_refused_and_an_edited_one_is_named() -> None:
    manifest = b"format: 1\nfiles: [{file: policy.yaml, sha256: '0'}, {file: lists.yaml, sha256: '0'}]\n"
    with pytest.raises(BundleRefused, match="missing"):
        read_files({"bundle.yaml": manifest, "policy.yaml": b"a: 1"})
    files = {"bundle.yaml": manifest, "policy.yaml": b"a: 1", "lists.yaml": b"b: 1"}
    assert read_files(files).edited == ("lists.yaml", "policy.yaml")


# --- places


@pytest.mark.parametrize("pack", packs())
def test_every_part_of_a_pack_knows_its_file_and_line(pack: str) -> None:
    found = bundle(pack)
    lines = {path.name: path.read_text().splitlines() for path in (PACKS / pack).glob("*.yaml")}
    for path, place in every(found.places):
        assert 1 <= place.line <= len(lines[place.file]), path
        assert locate(found.places, path).line, path


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("forms[intake].sections[source].fields[channel].label", "key: channel"),
        ("forms[intake].fields[channel].label", "key: channel"),
        ("forms[intake].fields[issues].fields[issue_category]", "key: issue_category"),
        ("lists[categories][violation_loan].label", "key: violation_loan"),
        ("slots[intake].kind", "intake:"),
        ("workflows[complaint].transitions[reply].who", "who:"),
        ("workflows[complaint].transitions[reply].effects[3].gone", "{"),
        ("limits[handle].nothing.of.this", "key: handle"),
    ],
)
def test_a_path_leads_to_its_line(path: str, words: str) -> None:
    place = locate(bundle("p01").places, path)
    assert words in (PACKS / "p01" / place.file).read_text().splitlines()[place.line - 1]


# --- whatever comes


def read_or_refused(read: Callable[[], Bundle]) -> None:
    """Either a definition or a refusal in words; nothing else."""
    found: tuple[Found, ...] = ()
    try:
        assert isinstance(read().definition, dict)
        return
    except BundleRefused as problem:
        found = problem.found
    assert found
    assert all(one.zh and one.en and one.remedy_zh and one.remedy_en and one.file for one in found)


YAML_BITS = st.sampled_from(
    [
        *[
            "a",
            "key",
            ":",
            ": ",
            "- ",
            "\n",
            "\n  ",
            "  ",
            "[",
            "]",
            "{",
            "}",
            ",",
            "&x ",
            "*x",
            "!t ",
            "<<: ",
            "? ",
        ],
        *[
            "'",
            '"',
            "|",
            ">",
            "#",
            "%YAML 1.2\n",
            "---\n",
            "...\n",
            "\t",
            "\\",
            "\\u0000",
            "on",
            "1",
            "-1.5",
            "投诉",
        ],
        *["\r\n", "\r", "\x85", "\u2028", "\ufeff", "\x00", "@", "`", "%", "true", "null", "~"],
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(YAML_BITS, max_size=60).map("".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    read_or_refused(lambda: read_files({"policy.yaml": text.encode()}))
