"""The year-end package 年终移交包: complete or refused, byte-stable, resumable."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import bagit
import pytest
from openpyxl import load_workbook

from documents.rules.broken import RuleBroken
from documents.rules.package import PackageContent, UnfiledNumber
from documents.rules.papers import Register, RegisterColumn
from documents.rules.volume import RenderedVolume
from pdf import catalogue_sheets
from pdf.naming import safe
from pdf.packages import Writing, Written
from pdf.spreadsheets import spreadsheet
from pdf.verifier import verify
from tests.pdf import packing, samples
from tests.pdf.packing import Store
from tests.pdf.reading import whole_text
from tests.validators.verapdf import verapdf

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def content(rendered: RenderedVolume, store: Store) -> PackageContent:
    return packing.content(rendered, store)


@pytest.fixture(scope="module")
def printed(rendered: RenderedVolume, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """A package with its registers on paper."""
    store = Store()
    return packing.pack(tmp_path_factory.mktemp("p"), packing.content(rendered, store), store, Writing())


@pytest.fixture
def package(tmp_path: Path, content: PackageContent, store: Store) -> Written:
    return packing.pack(tmp_path, content, store)


def test_the_package_is_whole_by_its_own_checker_and_by_bagit(package):
    assert verify(package.folder) == []
    assert verify(package.archive) == []
    assert bagit.Bag(str(package.folder)).validate()


def test_the_layout_is_the_one_archives_expect(package):
    names = set(packing.files(package.folder))
    base = "data/电子档案/2026/10年/Z109-TS·2026-D10-HG-0001"
    assert {
        "bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", "verifier.py",
        "data/说明文件.TXT", "data/案卷目录.xml", "data/案卷目录.xlsx", "data/案卷目录.pdf",
        "data/文件目录.xml", "data/文件目录.xlsx", "data/文件目录.pdf",
        "data/其他/编号清单.xml", "data/其他/未归档编号说明.pdf",
        "data/其他/xsd/案卷目录.xsd", "data/其他/xsd/案卷元数据.xsd",
        "data/其他/2026年度报告.pdf",
        f"{base}/Z109-TS·2026-D10-HG-0001.pdf", f"{base}/Z109-TS·2026-D10-HG-0001.xml",
        f"{base}/原件/001-回单.pdf", f"{base}/原件/002-_邪恶_名称_.png",
    } <= names  # fmt: skip
    records = [name for name in names if name.startswith("data/电子档案/")]
    assert len(records) == 2 * package.volumes + package.originals


def test_volumes_and_originals_are_byte_exact(package, store):
    contents = list(packing.files(package.folder).values())
    for data in (*store.volumes.values(), *store.originals.values()):
        assert data in contents


def test_every_number_issued_is_inside_or_has_its_reason(package, content):
    tree = ElementTree.parse(package.folder / "data/其他/编号清单.xml").getroot()  # noqa: S314 - our own
    rows = {row.get("号"): (row.get("去向"), row.get("档号") or row.get("原因")) for row in tree.iter("编号")}
    assert set(rows) == set(content.issued)
    assert rows["TS-2026-0213-0001"] == ("归档", "Z109-TS·2026-D10-HG-0001")
    assert rows["TS-2026-0213-0003"] == ("未归档", "办理中")


def test_the_absent_numbers_are_on_paper_with_their_reasons(printed, tmp_path):
    text = whole_text((printed.folder / "data/其他/未归档编号说明.pdf").read_bytes(), tmp_path)
    for part in ("TS-2026-0213-0003", "办理中", "TS-2026-0213-0005", "作废", "重复登记", "共3条"):
        assert part in text


def test_the_catalogues_on_paper_are_pdf_a(printed):
    names = ("案卷目录.pdf", "文件目录.pdf", "其他/未归档编号说明.pdf")
    paths = [printed.folder / "data" / name for name in names]
    assert verapdf(paths, "2u") == {path: [] for path in paths}


def test_the_spreadsheet_lists_every_volume_as_text(package, content):
    sheet = load_workbook(package.folder / "data/案卷目录.xlsx").active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][1] == "档号"
    assert [row[1] for row in rows[1:]] == [volume.volume_number for volume in content.volumes]


def test_a_title_that_looks_like_a_formula_stays_text():
    register = samples.register(1)
    row = ("=1+1", "@SUM(A1)", "+1", "-1", "a\x00b", *register.rows[0][5:])
    sheet = load_workbook(io.BytesIO(spreadsheet(replace(register, rows=(row,))))).active
    cells = next(sheet.iter_rows(min_row=2))
    assert [cell.data_type for cell in cells[:5]] == ["s"] * 5
    assert cells[4].value == "a[U+0000]b"


def test_the_readme_says_how_much_and_how_to_check(package, content):
    text = (package.folder / "data/说明文件.TXT").read_bytes().decode("utf-8-sig")
    assert "案卷 3 卷" in text
    assert "原件 6 个" in text
    assert "python verifier.py" in text


@pytest.mark.parametrize(
    ("code", "change"),
    [
        pytest.param("numbers_unaccounted", lambda one: {"unfiled": one.unfiled[:1]}, id="a number left out"),
        pytest.param(
            "numbers_unaccounted",
            lambda one: {"unfiled": (replace(one.unfiled[0], reason="  "), one.unfiled[1])},
            id="a number listed without reason",
        ),
        pytest.param(
            "numbers_repeated",
            lambda one: {"unfiled": (*one.unfiled, UnfiledNumber("TS-2026-0213-0001", "办理中"))},
            id="a number inside and absent",
        ),
        pytest.param("numbers_never_issued", lambda one: {"issued": one.issued[1:]}, id="never issued"),
        pytest.param("issued_twice", lambda one: {"issued": (*one.issued, one.issued[0])}, id="issued twice"),
        pytest.param(
            "volume_numbers_repeated",
            lambda one: {
                "volumes": tuple(
                    replace(two, volume_number=one.volumes[0].volume_number) for two in one.volumes
                )
            },
            id="one archive number for two volumes",
        ),
        pytest.param(
            "file_names_collide",
            lambda _: {"papers": (packing.paper("a.pdf", b"1"), packing.paper("A.PDF", b"2"))},
            id="names that differ in case only",
        ),
    ],
)  # fmt: skip
def test_an_incomplete_package_is_refused_and_nothing_is_written(content, store, tmp_path, code, change):
    with pytest.raises(RuleBroken) as caught:
        packing.pack(tmp_path, replace(content, **change(content)), store)
    assert caught.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_the_refusal_names_the_numbers(content, store, tmp_path):
    with pytest.raises(RuleBroken) as caught:
        packing.pack(tmp_path, replace(content, unfiled=()), store)
    assert caught.value.facts["numbers"] == "TS-2026-0213-0003、TS-2026-0213-0005"


def test_the_same_content_gives_the_same_bytes(content, store, tmp_path):
    one = packing.pack(tmp_path / "one", content, store)
    two = packing.pack(tmp_path / "two", content, store)
    assert packing.files(tmp_path / "one") == packing.files(tmp_path / "two")
    assert one.archive_sha256 == two.archive_sha256


def test_a_second_run_writes_nothing(package, content, store, tmp_path):
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    store.fetched.clear()
    again = packing.pack(tmp_path, content, store)
    assert again.written == 0
    assert store.fetched == []
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_later_volume_is_added_and_the_others_are_not_touched(package, content, store, rendered, tmp_path):
    store.fetched.clear()
    added = packing.volume(rendered, store, number=3)
    again = packing.pack(tmp_path, packing.grown(content, added), store)
    assert set(store.fetched) == {added.volume_number, f"{added.volume_number}.xml", "3-a", "3-b"}
    assert verify(again.folder) == verify(again.archive) == []


def test_a_volume_taken_out_leaves_no_trace(package, content, store, tmp_path):
    gone = UnfiledNumber(content.volumes[0].case_numbers[0], "冻结")
    smaller = replace(
        content,
        volumes=content.volumes[1:],
        unfiled=(*content.unfiled, gone),
        archive_numbers=packing.archive_numbers(4, {2, 4}),
    )
    again = packing.pack(tmp_path, smaller, store)
    assert verify(again.folder) == []
    assert not [name for name in packing.files(again.folder) if "HG-0001" in name]


def test_a_damaged_copy_is_mended(package, content, store, tmp_path):
    path = next(path for path in package.folder.rglob("*HG-0001.pdf"))
    path.write_bytes(b"x" + path.read_bytes()[1:])
    assert verify(package.folder)
    assert packing.pack(tmp_path, content, store).written == 1
    assert verify(package.folder) == []


def test_a_sealed_file_that_differs_from_its_record_stops_the_package(content, store, tmp_path):
    name = content.volumes[1].volume_number
    store.volumes[name] = store.volumes[name][:-2] + b"!\n"
    with pytest.raises(RuleBroken) as caught:
        packing.pack(tmp_path, content, store)
    assert caught.value.code == "stored_file_damaged"
    assert name in str(caught.value.facts["path"])
    (folder,) = tmp_path.iterdir()
    assert verify(folder)
    assert not list(folder.rglob("*HG-0002.pdf*"))


def test_a_run_killed_in_the_middle_is_never_whole_and_can_go_on(content, store, tmp_path):
    script = tmp_path / "run.py"
    script.write_text(
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from tests.pdf import packing, samples\n"
        "from pdf import volumes\n"
        "store = packing.Store()\n"
        "made = packing.content(volumes.render(samples.volume()), store)\n"
        "def stop(done, total, name):\n"
        "    if done == 4: os.kill(os.getpid(), signal.SIGKILL)\n"
        "packing.pack(Path(sys.argv[1]), made, store, packing.Writing(on_progress=stop))\n"
    )
    out = tmp_path / "out"
    run = subprocess.run(
        [sys.executable, str(script), str(out)], cwd=PROJECT, check=False,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
    )  # fmt: skip
    assert run.returncode == -signal.SIGKILL
    (folder,) = out.iterdir()
    assert verify(folder)
    again = packing.pack(out, content, store)
    assert again.written == again.files - 4
    assert verify(again.folder) == verify(again.archive) == []


def test_a_killed_zip_is_made_again(package, content, store, tmp_path):
    package.archive.write_bytes(package.archive.read_bytes()[:-500])
    assert verify(package.archive)
    packing.pack(tmp_path, content, store)
    assert verify(package.archive) == []


def test_a_folder_of_somebody_else_is_left_alone(content, store, tmp_path):
    other = tmp_path / "Z109-2026-合规部"
    other.mkdir()
    (other / "family.jpg").write_bytes(b"1")
    with pytest.raises(RuleBroken, match="folder_in_use"):
        packing.pack(tmp_path, content, store)
    assert packing.files(tmp_path) == {"Z109-2026-合规部/family.jpg": b"1"}


def test_a_broken_source_leaves_a_package_that_can_go_on(content, store, tmp_path):
    key = content.volumes[2].originals[1].key
    kept = store.originals.pop(key)
    with pytest.raises(KeyError):
        packing.pack(tmp_path, content, store)
    store.originals[key] = kept
    assert verify(packing.pack(tmp_path, content, store).folder) == []


def test_the_zip_only_stores(package):
    with zipfile.ZipFile(package.archive) as archive:
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
        assert archive.testzip() is None


def test_progress_reaches_the_total(content, store, tmp_path):
    seen: list[tuple[int, int]] = []
    told = packing.Writing(on_progress=lambda done, total, _name: seen.append((done, total)))
    packing.pack(tmp_path, content, store, told)
    assert [done for done, _ in seen] == list(range(1, len(seen) + 1))
    assert seen[-1][0] == seen[-1][1]


def test_a_year_without_complaints_makes_a_package_too(content, store, tmp_path):
    empty = replace(content, issued=(), volumes=(), unfiled=(), papers=(), archive_numbers=())
    assert verify(packing.pack(tmp_path, empty, store).archive) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("回单.pdf", "回单.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\boot.ini", "C__boot.ini"),
        ("con.txt", "_con.txt"),
        ("LPT1", "_LPT1"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("行\n行\x00.txt", "行行.txt"),
        ("...", "未命名"),
        ("", "未命名"),
        ("尾巴. ", "尾巴"),
        ("100%.txt", "100_.txt"),
        ("e\u0301.txt", "\u00e9.txt"),
    ],
)
def test_names_are_safe_everywhere(name, expected):
    assert safe(name) == expected


def test_long_names_keep_their_ending_and_whole_characters():
    name = safe("投诉" * 200 + ".pdf")
    assert len(name.encode()) <= 120
    assert name.endswith("诉.pdf") or name.endswith("投.pdf")


def test_a_long_register_is_printed_in_books_that_say_which_one_they_are():
    columns = (RegisterColumn("序号", 1, numeric=True),)
    rows = tuple((str(number),) for number in range(1, 4_002))
    paper = Register(
        "案卷目录",
        "联社",
        "2026年度",
        columns,
        rows,
        "苏文",
        datetime(2027, 1, 8, tzinfo=UTC),
        note="全宗号 Z109",
    )
    books = dict(catalogue_sheets.printed(paper, "案卷目录"))
    assert list(books) == [f"案卷目录-0{number}.pdf" for number in (1, 2, 3)]
    assert books["案卷目录-03.pdf"].rows == (("4001",),)
    assert books["案卷目录-03.pdf"].note == "全宗号 Z109　第 3 册，共 3 册，全部 4001 条"
