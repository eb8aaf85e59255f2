"""Parts 分包, SM3, schemas, and a checker that finds any damage in any of them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import bagit
import pytest
from lxml import etree

from documents.rules.broken import RuleBroken
from documents.rules.package import (
    Difference,
    EarlierRound,
    PackageContent,
    PackageOptions,
    ReportTotals,
    UnfiledNumber,
)
from documents.rules.splitting import split
from documents.rules.volume import RenderedVolume
from pdf import schemas, verifier
from pdf.packages import Written
from pdf.verifier import ACCEPT, OPINION_COLUMNS, REJECT, inspect, verify
from tests.long import long
from tests.pdf import packing
from tests.pdf.packing import Store

DAMAGES = long(60, 300)


@pytest.fixture(scope="module")
def small() -> RenderedVolume:
    """A sealed volume of a few bytes: what is in it does not matter here."""
    return RenderedVolume(b"%PDF-1.7 volume", hashlib.sha256(b"").hexdigest(), pages=0, sheets=1)


@pytest.fixture
def content(small: RenderedVolume, store: Store) -> PackageContent:
    return packing.content(small, store)


@pytest.fixture(scope="module")
def master(small: RenderedVolume, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Three parts of one volume each, with SM3."""
    store = Store()
    out = tmp_path_factory.mktemp("parts")
    return packing.pack(out, packing.content(small, store), store, most_volumes=1, sm3=True)


@pytest.fixture
def parts(master: Written, tmp_path: Path) -> Path:
    """A copy of the folder of parts, with their ZIPs."""
    return Path(shutil.copytree(master.folder.parent, tmp_path / "parts"))


def codes(path: Path) -> set[str]:
    return {finding.code for finding in verify(path)}


def exchange(part: Path, other: Path) -> None:
    """Another folder in the place of a part, whose ZIP is gone as well."""
    shutil.rmtree(part)
    part.with_name(f"{part.name}.zip").unlink()
    shutil.copytree(other, part)


def test_parts_are_bags_of_their_own_and_a_whole_together(master: Written) -> None:
    out = master.folder.parent
    assert [part.folder.name for part in master.parts] == [f"Z109-2026-合规部-0{n}" for n in (1, 2, 3)]
    for part in master.parts:
        alone = inspect(part.folder)
        assert (alone.findings, alone.counts["volumes"]) == ([], 1)
        assert f"第 {part.number} 个分包，共 3 个" in alone.notes[0][0]
        assert bagit.Bag(str(part.folder)).validate()
        assert part.archive is not None
        assert verify(part.archive) == []
    whole = inspect(out)
    assert whole.findings == []
    assert (whole.counts["parts"], whole.counts["volumes"], whole.counts["numbers"]) == (3, 3, 5)


def test_papers_of_the_year_lie_in_the_first_part_only(master: Written) -> None:
    found = [path.parts[-4] for path in master.folder.parent.rglob("2026年度报告.pdf")]
    assert found == ["Z109-2026-合规部-01"]


@pytest.mark.parametrize("what", ["folder and ZIP", "folder only"])
def test_a_missing_part_is_named(parts: Path, what: str) -> None:
    shutil.rmtree(parts / "Z109-2026-合规部-02")
    if what == "folder only":
        assert verify(parts) == []  # its ZIP is still there
        return
    (parts / "Z109-2026-合规部-02.zip").unlink()
    found = [one for one in verify(parts) if one.code == "part_missing"]
    assert [one.detail for one in found] == ["Z109-2026-合规部-02"]


def test_a_part_of_another_year_is_found(parts: Path, content: PackageContent, store: Store) -> None:
    other = packing.pack(parts.parent / "o", replace(content, year=2025), store, most_volumes=1)
    exchange(parts / "Z109-2026-合规部-02", other.parts[1].folder)
    assert codes(parts) >= {"part_strange"}


def test_a_part_that_was_written_at_another_time_is_found(
    parts: Path, small: RenderedVolume, content: PackageContent, store: Store
) -> None:
    later = replace(content, volumes=(replace(content.volumes[0], title="改过的题名"), *content.volumes[1:]))
    fewer = replace(
        later,
        volumes=later.volumes[:2],
        unfiled=(*content.unfiled, UnfiledNumber("TS-2026-0213-0004", "冻结")),
        archive_numbers=packing.archive_numbers(4, {1, 2}),
    )
    other = packing.pack(parts.parent / "o", fewer, store, most_volumes=1, sm3=True)
    exchange(parts / "Z109-2026-合规部-01", other.parts[0].folder)
    assert codes(parts) >= {"part_differs"}


def test_new_volumes_come_last_and_old_parts_keep_theirs(
    content: PackageContent, store: Store, small: RenderedVolume, tmp_path: Path
) -> None:
    first = packing.pack(tmp_path, content, store, most_volumes=2, zipped=False)
    assert [len(part.volumes) for part in first.parts] == [2, 1]
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("电子档案/**/*") if path.is_file()}
    added = packing.volume(small, store, number=3)
    store.fetched.clear()
    again = packing.pack(tmp_path, packing.grown(content, added), store, most_volumes=2, zipped=False)
    assert [[name[-1] for name in part.volumes] for part in again.parts] == [["1", "2"], ["3", "4"]]
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert [key for key in store.fetched if key in store.volumes] == [added.volume_number]
    assert verify(tmp_path) == []


def test_another_way_of_splitting_leaves_no_former_part(
    content: PackageContent, store: Store, tmp_path: Path
) -> None:
    packing.pack(tmp_path, content, store, most_volumes=1)
    packing.pack(tmp_path, content, store, most_volumes=2)
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == [
        "Z109-2026-合规部-01",
        "Z109-2026-合规部-02",
    ]
    whole = packing.pack(tmp_path, content, store)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["Z109-2026-合规部"]
    assert verify(whole.folder) == []


def test_parts_are_filled_by_count_and_by_size(content: PackageContent) -> None:
    sizes = {"Z109-TS·2026-D10-HG-0001": 1}  # packed before, alone in its part
    volumes = [replace(one, size=100, originals=(), metadata=None) for one in content.volumes]
    by_size = split(volumes, PackageOptions(most_bytes=200), {})
    assert list(by_size.values()) == [1, 1, 2]
    assert list(split(volumes, PackageOptions(most_bytes=50), {}).values()) == [1, 2, 3]
    assert list(split(volumes, PackageOptions(most_volumes=1), sizes).values()) == [1, 2, 3]
    assert set(split(volumes, PackageOptions(), {}).values()) == {1}


# --- SM3 ----------------------------------------------------------------------------------------------


def test_sm3_stands_beside_sha256_and_bagit_still_says_yes(master: Written) -> None:
    folder = master.folder
    listed = (folder / "manifest-sm3.txt").read_text(encoding="utf-8").splitlines()
    for line in listed:
        digest, name = line.split("  ", 1)
        assert hashlib.new("sm3", (folder / name).read_bytes()).hexdigest() == digest
    assert len(listed) == len((folder / "manifest-sha256.txt").read_text(encoding="utf-8").splitlines())
    assert bagit.Bag(str(folder)).validate()
    assert "SM3" in (folder / "data/说明文件.TXT").read_text(encoding="utf-8-sig")


def test_a_wrong_sm3_is_found_where_python_has_it_and_said_where_not(
    parts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = parts / "Z109-2026-合规部-01"
    tags = folder / "tagmanifest-sm3.txt"
    text = tags.read_text(encoding="utf-8")
    tags.write_text(("0" if text[0] != "0" else "1") + text[1:], encoding="utf-8")
    assert codes(folder) == {"sm3"}
    monkeypatch.setattr(verifier, "SM3_KNOWN", False)
    result = inspect(folder)
    assert result.findings == []
    assert "没有 SM3 算法" in result.notes[0][0]


def test_sm3_can_be_left_out_again(content: PackageContent, store: Store, tmp_path: Path) -> None:
    with_it = packing.pack(tmp_path, content, store, sm3=True)
    assert (with_it.folder / "manifest-sm3.txt").is_file()
    without = packing.pack(tmp_path, content, store)
    assert without.written == 1  # 说明文件 names the algorithms
    assert not list(without.folder.glob("*sm3*"))
    assert verify(without.folder) == []
    assert packing.pack(tmp_path, content, store, sm3=True).written == 1


# --- schemas and metadata -----------------------------------------------------------------------------


def test_every_document_keeps_to_the_schema_that_it_names(master: Written) -> None:
    folder = master.folder / "data"
    found = [path for path in folder.rglob("*.xml") if "schemaLocation" not in path.name]
    assert {etree.parse(path).getroot().tag for path in found} == set(schemas.NAMES)
    for path in found:
        tree = etree.parse(path)
        place = tree.getroot().get(f"{{{schemas.INSTANCE}}}noNamespaceSchemaLocation")
        schema = etree.XMLSchema(etree.parse((path.parent / place).resolve()))
        assert schema.validate(tree), schema.error_log


def test_a_document_that_breaks_its_schema_is_not_written() -> None:
    with pytest.raises(schemas.SchemaBroken, match="编号清单"):
        schemas.check(etree.fromstring('<编号清单 格式="1"/>'))


def test_the_metadata_tells_the_forms_and_who_did_what_and_when(master: Written) -> None:
    path = next((master.folder / "data/电子档案").rglob("*.xml"))
    tree = etree.parse(path).getroot()
    assert tree.findtext("描述/项[@名称='档号']") == "Z109-TS·2026-D10-HG-0001"
    acts = tree.findall("投诉/过程/行为")
    assert len(acts) > 3
    assert all(one.get("时间") and one.get("责任者") and one.get("行为") for one in acts)
    assert tree.findall("投诉/表单/分栏/栏目")


# --- what the checker reads across the package ---------------------------------------------------------


def edited(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / "data" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('序="3"', '序="5"', "gap"),
        ('序="3"', '序="2"', "gap"),
        ('号="Z109-TS·2026-D10-HG-0002" 流水', '号="Z109-TS·2026-D10-HG-0009" 流水', "volume_unlisted"),
        ('原因="作废"', '原因=" "', "no_reason"),
        ('档号发出="4"', '档号发出="5"', "total"),
    ],
)
def test_a_gap_in_the_archive_numbers_is_found(
    content: PackageContent, store: Store, tmp_path: Path, old: str, new: str, code: str
) -> None:
    folder = packing.pack(tmp_path, content, store, zipped=False).folder
    edited(folder, "其他/编号清单.xml", old, new)
    assert code in codes(folder)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(
            lambda one: (*one[:2], replace(one[2], reason=""), one[3]), "volume_numbers_unaccounted"
        ),
        pytest.param(lambda one: (replace(one[0], reason="作废"), *one[1:]), "volume_numbers_unaccounted"),
        pytest.param(lambda one: one[1:], "volume_numbers_never_issued"),
        pytest.param(lambda one: (*one[:2], replace(one[2], sequence=7), one[3]), "volume_series_broken"),
    ],
)
def test_an_archive_number_without_a_fate_is_refused(
    content: PackageContent, store: Store, tmp_path: Path, change: Callable, code: str
) -> None:
    with pytest.raises(RuleBroken, match=code):
        packing.pack(tmp_path, replace(content, archive_numbers=change(content.archive_numbers)), store)


def test_a_supplement_names_its_main_volume_and_counts_its_case_once(
    content: PackageContent, store: Store, small: RenderedVolume, tmp_path: Path
) -> None:
    main = content.volumes[0]
    later = packing.volume(
        small, store, number=3, case_numbers=main.case_numbers, supplement_to=main.volume_number
    )
    whole = replace(
        content, volumes=(*content.volumes, later), archive_numbers=packing.archive_numbers(4, {1, 2, 3, 4})
    )
    written = packing.pack(tmp_path, whole, store)
    assert verify(written.folder) == []
    catalogue = (written.folder / "data/案卷目录.xml").read_text(encoding="utf-8")
    assert f"<参见号>{main.volume_number}</参见号>" in catalogue
    twice = replace(whole, volumes=(*content.volumes, replace(later, supplement_to="")))
    with pytest.raises(RuleBroken, match="numbers_repeated"):
        packing.pack(tmp_path / "twice", twice, store)


def test_the_totals_of_the_report_are_explained_or_found(
    content: PackageContent, store: Store, tmp_path: Path
) -> None:
    late = Difference("统计截止后登记", -2, ("TS-2026-0213-0004", "TS-2026-0213-0005"))
    good = ReportTotals("2026年全年报告", "受理投诉次数", 3, 5, (late,))
    written = packing.pack(tmp_path, replace(content, totals=(good,)), store, zipped=False)
    assert verify(written.folder) == []
    text = (written.folder / "data/说明文件.TXT").read_text(encoding="utf-8-sig")
    assert "受理投诉次数 3 件，本年度发出编号 5 个，差异：" in text
    assert "统计截止后登记　-2 件" in text
    bad = replace(content, totals=(replace(good, reported=4),))
    written = packing.pack(tmp_path, bad, store, zipped=False)
    assert codes(written.folder) == {"report"}


def test_a_later_round_says_what_came_before(content: PackageContent, store: Store, tmp_path: Path) -> None:
    earlier = EarlierRound(1, "Z109-2026-合规部", "2027-01-10", "0" * 64)
    written = packing.pack(tmp_path, replace(content, round=2, earlier=(earlier,)), store)
    assert written.name == "Z109-2026-合规部-第2次"
    assert verify(written.archive) == []
    text = (written.folder / "data/说明文件.TXT").read_text(encoding="utf-8-sig")
    assert "第 1 次移交：2027-01-10　Z109-2026-合规部" in text


# --- opinions -------------------------------------------------------------------------------------------


def test_the_checker_writes_a_result_and_a_table_of_opinions_alone(parts: Path, tmp_path: Path) -> None:
    spoilt = next((parts / "Z109-2026-合规部-02").rglob("001-回单.pdf"))
    spoilt.write_bytes(b"x")
    (parts / "Z109-2026-合规部-02.zip").unlink()
    script = shutil.copy(parts / "Z109-2026-合规部-01/verifier.py", tmp_path)
    result, opinions = tmp_path / "r.json", tmp_path / "o.csv"
    run = subprocess.run(
        [sys.executable, "-I", "-S", script, parts, "--result", result, "--opinions", opinions],
        cwd="/", env={}, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (1, "")
    facts = json.loads(result.read_text(encoding="utf-8"))
    assert (facts["package"], len(facts["parts"])) == ("Z109-2026-合规部", 3)
    assert [one["volume"] for one in facts["rejected"]] == ["Z109-TS·2026-D10-HG-0002"]
    table = list(csv.reader(io.StringIO(opinions.read_text(encoding="utf-8-sig"))))
    assert tuple(table[0]) == OPINION_COLUMNS
    assert {row[3]: row[5] for row in table[1:]} == {
        "TS-2026-0213-0001": ACCEPT,
        "TS-2026-0213-0002": REJECT,
        "TS-2026-0213-0004": ACCEPT,
    }
    assert "001-回单.pdf" in table[2][6]


# --- any damage at all ----------------------------------------------------------------------------------


def damage(root: Path, chance: random.Random) -> tuple[str, Callable[[], None]]:
    """One random change to one file or folder of a package; what it was, and how to undo it."""
    paths = sorted(path for path in root.rglob("*") if path.is_file() and path.suffix != ".journal")
    path = chance.choice(paths)
    content = path.read_bytes()
    kind = chance.choice(("flip", "cut", "grow", "remove", "rename", "add", "swap"))
    if kind == "flip" and content:
        place = chance.randrange(len(content))
        path.write_bytes(
            content[:place] + bytes([content[place] ^ (1 << chance.randrange(8))]) + content[place + 1 :]
        )
    elif kind == "cut" and content:
        path.write_bytes(content[: chance.randrange(len(content))])
    elif kind == "remove":
        path.unlink()
    elif kind == "rename":
        other = path.with_name(f"x{path.name}")
        path.rename(other)
        return f"rename {path}", lambda: (other.rename(path), None)[1]
    elif kind == "add":
        other = path.with_name(f"extra-{chance.randrange(99)}")
        other.write_bytes(b"")
        return f"add {other}", other.unlink
    else:
        path.write_bytes(content + bytes([chance.randrange(256)]))
    return f"{kind} {path}", lambda: (path.write_bytes(content), None)[1]


def test_any_single_damage_to_any_part_is_found(parts: Path) -> None:
    for archive in parts.glob("*.zip*"):
        archive.unlink()
    seed = random.randrange(1 << 30)
    chance = random.Random(seed)
    for _ in range(DAMAGES):
        folder = chance.choice([path for path in sorted(parts.iterdir()) if path.is_dir()])
        what, undo = damage(folder, chance)
        assert verify(parts), f"seed {seed}: {what}"
        undo()
    assert verify(parts) == []
