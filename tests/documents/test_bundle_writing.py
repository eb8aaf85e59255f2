"""A definition is written as YAML that reads back as the same, byte for byte the same each time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from documents.bundles.found import BundleRefused
from documents.bundles.packing import bundle_files, digest, write_folder, zip_bytes
from documents.bundles.reading import read_files, read_path, read_zip
from documents.bundles.scalars import needs_quotes
from documents.bundles.scalars_out import text
from documents.pack_files import definition as pack_definition
from documents.pack_files import packs
from documents.policy import canonical
from documents.rules.grammar import SECTIONS, SHAPES

Definition = dict[str, Any]


def stored(definition: Definition) -> Definition:
    """The definition as the database keeps it: every table in the order of the alphabet."""
    found: Definition = json.loads(canonical(definition))
    return found


@pytest.mark.parametrize("pack", packs())
def test_a_pack_is_the_same_after_export_import_export(pack: str, tmp_path: Path) -> None:
    whole = pack_definition(pack)
    files = bundle_files(whole)
    write_folder(tmp_path / "out", files)
    folder = read_path(tmp_path / "out")
    assert folder.definition == whole
    assert folder.edited == ()
    assert folder.manifest["sha256"] == digest(whole)
    assert bundle_files(folder.definition) == files == bundle_files(stored(whole))


def test_a_zip_is_the_same_after_export_import_export() -> None:
    whole = pack_definition("p01")
    files = bundle_files(whole)
    archive = read_zip(zip_bytes(files))
    assert archive.definition == whole
    assert zip_bytes(bundle_files(stored(whole))) == zip_bytes(files)


@pytest.mark.parametrize("pack", ["p01", "p10", "p15", "p22"])
def test_another_reader_of_yaml_understands_the_same(pack: str) -> None:
    files = bundle_files(pack_definition(pack))
    merged: Definition = {}
    for name in set(files) - {"bundle.yaml"}:
        merged |= plain(YAML(typ="rt", pure=True).load(files[name].decode()))
    assert dates_as_text(merged) == pack_definition(pack)


def plain(value: Any) -> Any:
    """What the library read, without its own types."""
    if isinstance(value, dict):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value


def dates_as_text(value: Any) -> Any:
    """The library still takes a bare date for one, as YAML 1.1 did."""
    if isinstance(value, dict):
        return {name: dates_as_text(one) for name, one in value.items()}
    if isinstance(value, list):
        return [dates_as_text(one) for one in value]
    return (
        value if isinstance(value, str | int | float | bool | None) else str(value)[:19].removesuffix(":00")
    )


def test_a_leaf_is_one_line_in_the_order_of_the_grammar() -> None:
    files = bundle_files(pack_definition("p01"))
    lines = files["forms.yaml"].decode().splitlines()
    channel = next(line for line in lines if "key: channel," in line)
    assert channel.strip() == (
        "- {key: channel, type: choice, label: {zh: 投诉方式, en: Channel}, required: true, "
        "options: channels, search: exact, source: 第三条, basis: stated}"
    )


def test_a_second_export_takes_the_place_of_the_first(tmp_path: Path) -> None:
    whole = {**pack_definition("p01"), "scenarios": [{"key": "one", "label": {"zh": "一", "en": "One"}}]}
    write_folder(tmp_path, bundle_files(whole))
    assert (tmp_path / "scenarios.yaml").exists()
    whole.pop("scenarios")
    whole.pop("example", None)
    write_folder(tmp_path, bundle_files(whole))
    assert not (tmp_path / "scenarios.yaml").exists()
    assert read_path(tmp_path).definition == whole


@pytest.mark.parametrize(
    "odd",
    [{"": 1}, {"$x": 1}, {"a.b": 1}, {"<<": 1}, "\x00", "\x1b", "\x85", "\ufeff", "\r", 2**70, 0.1 + 0.2],
)
def test_what_could_not_be_read_again_is_not_written(odd: Any) -> None:
    with pytest.raises(BundleRefused):
        bundle_files({"policy": {"key": "x", "note": odd}})


@pytest.mark.parametrize(
    "word",
    [
        *[
            "",
            " ",
            "a ",
            " a",
            "on",
            "no",
            "true",
            "null",
            "~",
            "1",
            "-1",
            "1.0",
            "1e5",
            "0x1F",
            "0668",
            ".5",
            "+1",
        ],
        *[
            "2026-01-01",
            "06-15",
            "1:30",
            "a: b",
            "a:b",
            "a:",
            "a #b",
            "a#b",
            "- a",
            "-a",
            "? a",
            "?",
            ":",
            "---",
        ],
        *[
            "...",
            "--- a",
            "...a",
            "[a]",
            "{a}",
            "a,b",
            "a]",
            "&a",
            "*a",
            "!a",
            "|",
            ">",
            "%a",
            "@a",
            "`a",
            "#a",
        ],
        *["'", '"', "it's", 'say "x"', "'a' in b", "\\", "a\\n", "'\"", "a\nb", "a\n", "\n", "a\tb", "\t"],
        *[
            "“引号”",
            "投诉: 是",
            "投诉：是",
            "\u2028",
            "\u2029",
            "\u200b",
            "😀",
            "𠀀",
            "{{ a }}",
            "a\n\n b\n",
            "<<",
            "=",
            "~a",
        ],
    ],
)
def test_any_text_reads_back_in_every_position(word: str) -> None:
    definition = {
        "policy": {"key": word, "title": {"zh": word, "en": word}},
        "lists": {"a": [{"key": "b", "x": word}]},
    }
    definition["archive"] = {"contents": [word, word], "note": word}
    assert read_files(bundle_files(definition)).definition == definition
    assert needs_quotes(word) is False or text(word)[0] in "'\""


KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
LETTERS = st.characters(
    exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff\ufffe\uffff", include_characters="\n\t"
)
TEXTS = st.text(LETTERS, max_size=12) | st.sampled_from(["on", "1", "true", "06-15", "", "a: b", "{x}", "'"])
NUMBERS = st.integers(-(2**63) + 1, 2**63 - 1) | st.decimals(-100000, 100000, places=3, allow_nan=False).map(
    float
)
LEAVES = st.none() | st.booleans() | NUMBERS | TEXTS
NAMES = KEYS | st.sampled_from(
    sorted({one.name for shape in SHAPES.values() for one in shape.all_attributes})
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
DEFINITIONS = st.dictionaries(st.sampled_from(sorted(SECTIONS)) | KEYS, VALUES, min_size=1, max_size=5)


@settings(max_examples=300, deadline=None)
@given(DEFINITIONS)
def test_any_definition_is_the_same_after_export_import_export(definition: Definition) -> None:
    files = bundle_files(definition)
    again = read_files(files).definition
    assert canonical(again) == canonical(definition)
    assert bundle_files(again) == files == bundle_files(stored(definition))
