"""A bundle comes as a folder or a ZIP: bounded, without links, odd paths, bombs or passwords."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.bundles.found import BundleRefused
from documents.bundles.layout import MAX_BUNDLE, MAX_FILE, MAX_ZIP
from documents.bundles.reading import read_files, read_path, read_zip
from documents.pack_files import PACKS, bundle
from tests.documents.test_bundle_reading import read_or_refused


def zipped(entries: Mapping[str, bytes], **attributes: int) -> bytes:
    """A ZIP of these entries; attributes are set on each."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            for attribute, value in attributes.items():
                setattr(entry, attribute, value)
            archive.writestr(entry, content)
    return target.getvalue()


def test_ten_million_bytes_are_refused_unread(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_bytes(b"a: x\n" * 2_000_000)
    with pytest.raises(BundleRefused, match="too large"):
        read_path(tmp_path)


def test_many_large_files_are_refused_together(tmp_path: Path) -> None:
    for name in ("policy", "lists", "forms"):
        (tmp_path / f"{name}.yaml").write_bytes(b"#" * (MAX_FILE - 1))
    assert 3 * (MAX_FILE - 1) > MAX_BUNDLE
    with pytest.raises(BundleRefused, match="together"):
        read_path(tmp_path)


def folder_refused(folder: Path) -> list[tuple[str, str]]:
    with pytest.raises(BundleRefused) as caught:
        read_path(folder)
    return [(one.file, one.zh) for one in caught.value.found]


def test_a_folder_holds_only_what_belongs_to_a_policy(tmp_path: Path) -> None:
    assert "没有这个文件夹" in folder_refused(tmp_path / "gone")[0][1]
    assert "没有制度文件" in folder_refused(tmp_path)[0][1]
    (tmp_path / "policy.yaml").write_text("policy: {key: x}\n")
    (tmp_path / "README.md").write_text("read me")
    assert read_path(tmp_path).definition == {"policy": {"key": "x"}}
    (tmp_path / "form.yaml").write_text("forms: []\n")
    (tmp_path / "lists.yaml").symlink_to("/etc/passwd")
    (tmp_path / "limits.yaml").mkdir()
    os.mkfifo(tmp_path / "letters.yaml")
    assert [name for name, _ in folder_refused(tmp_path)] == [
        *["form.yaml", "letters.yaml", "limits.yaml", "lists.yaml"]
    ]


def test_a_zip_is_read_like_its_folder() -> None:
    files = {path.name: path.read_bytes() for path in (PACKS / "p01").iterdir()}
    whole = bundle("p01").definition
    assert read_zip(zipped(files)).definition == whole
    inside = {f"p01/{name}": raw for name, raw in files.items()}
    assert read_zip(zipped({"__MACOSX/._x": b"", "p01/.DS_Store": b"", **inside})).definition == whole


LINK = (0o120777 << 16) | 0
TRICKS: list[tuple[str, bytes]] = [
    ("不安全的路径", zipped({"../policy.yaml": b"a: 1"})),
    ("不安全的路径", zipped({"p/../../policy.yaml": b"a: 1"})),
    ("不安全的路径", zipped({"/etc/policy.yaml": b"a: 1"})),
    ("不安全的路径", zipped({"C:\\policy.yaml": b"a: 1"})),
    ("不安全的路径", zipped({"a/b/c/policy.yaml": b"a: 1"})),
    ("不安全的路径", zipped({"policy.yaml": b"a: 1", "b/lists.yaml": b"b: 1"})),
    ("不是普通文件", zipped({"policy.yaml": b"/etc/passwd"}, external_attr=LINK, create_system=3)),
    ("文件过大", zipped({"policy.yaml": b"#" * 30_000_000})),
    ("文件过大", b"PK" + b"\0" * MAX_ZIP),
    ("已损坏", b"PK\x03\x04 rubbish"),
    ("已损坏", b""),
    ("已损坏", zipped({"policy.yaml": b"a: 1\n" * 100})[:-40]),
    ("文件过多", zipped({f"{n}.yaml": b"" for n in range(100)})),
    ("不认识的文件", zipped({"policy.yaml": b"a: 1", "run.sh": b"rm"})),
    ("没有制度文件", zipped({})),
    ("不安全的路径", zipped({"nameless": b"a: 1"}).replace(b"nameless", b"\0ameless")),
]


@pytest.mark.parametrize(("words", "raw"), TRICKS, ids=[str(number) for number in range(len(TRICKS))])
def test_a_trick_in_a_zip_is_refused(words: str, raw: bytes) -> None:
    with pytest.raises(BundleRefused) as caught:
        read_zip(raw)
    assert words in caught.value.found[0].zh


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_in_a_zip_are_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("policy.yaml", "a: 1")
        archive.writestr("policy.yaml", "a: 2")
    with pytest.raises(BundleRefused, match="two files"):
        read_zip(target.getvalue())


def test_a_zip_that_lies_about_its_size_is_stopped_at_the_limit() -> None:
    raw = bytearray(zipped({"policy.yaml": b"#" * 30_000_000}))
    size = (30_000_000).to_bytes(4, "little")
    while size in raw:
        at = raw.index(size)
        raw[at : at + 4] = (100).to_bytes(4, "little")
    with pytest.raises(BundleRefused):
        read_zip(bytes(raw))


def test_a_password_is_refused() -> None:
    raw = bytearray(zipped({"policy.yaml": b"a: 1"}))
    raw[6] |= 1
    at = raw.index(b"PK\x01\x02")
    raw[at + 8] |= 1
    with pytest.raises(BundleRefused, match="damaged"):
        read_zip(bytes(raw))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    for read in (lambda: read_files({"policy.yaml": raw}), lambda: read_zip(raw)):
        read_or_refused(read)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_zip_is_read_or_refused(data: st.DataObject) -> None:
    raw = bytearray(zipped({"policy.yaml": b"a: 1\n" * 20, "lists.yaml": b"b: [1, 2]\n"}))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    read_or_refused(lambda: read_zip(bytes(raw)))
