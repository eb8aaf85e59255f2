"""The checker 核验程序 finds any single changed, missing, extra or renamed byte or file, alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from documents.rules.volume import RenderedVolume
from pdf import verifier
from pdf.packages import Written
from pdf.verifier import MESSAGES, Finding, inspect, verify
from portal.commands.verify import verify as command
from tests.pdf import packing


@pytest.fixture(scope="module")
def master(rendered: RenderedVolume, tmp_path_factory: pytest.TempPathFactory) -> Written:
    store = packing.Store()
    return packing.pack(tmp_path_factory.mktemp("package"), packing.content(rendered, store), store)


@pytest.fixture
def copy(master: Written, tmp_path: Path) -> Path:
    return Path(shutil.copytree(master.folder, tmp_path / master.folder.name))


def _codes(path: Path) -> set[str]:
    return {finding.code for finding in verify(path)}


def _reseal(folder: Path) -> None:
    """Write the manifests anew, as somebody would who changed the content on purpose."""
    payload = {name: path for name, path in _by_name(folder).items() if name.startswith("data/")}
    lines = "".join(f"{_digest(path)}  {name}\n" for name, path in sorted(payload.items()))
    (folder / "manifest-sha256.txt").write_text(lines)
    size = sum(path.stat().st_size for path in payload.values())
    info = (folder / "bag-info.txt").read_text().splitlines()
    kept = [line for line in info if not line.startswith("Payload-Oxum")]
    (folder / "bag-info.txt").write_text("\n".join([*kept, f"Payload-Oxum: {size}.{len(payload)}", ""]))
    tags = {name: path for name, path in _by_name(folder).items() if "/" not in name}
    tags.pop("tagmanifest-sha256.txt", None)
    lines = "".join(f"{_digest(path)}  {name}\n" for name, path in sorted(tags.items()))
    (folder / "tagmanifest-sha256.txt").write_text(lines)


def _by_name(folder: Path) -> dict[str, Path]:
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}


def _digest(path: Path) -> str:
    return verifier._digest_of(path)


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_whole_package_has_no_findings_and_says_what_it_counted(master):
    result = inspect(master.folder)
    assert result.findings == []
    assert (result.counts["volumes"], result.counts["originals"], result.counts["numbers"]) == (3, 6, 5)


def test_one_changed_byte_in_any_file_is_found(copy):
    for name, path in _by_name(copy).items():
        content = path.read_bytes()
        for place in {0, len(content) // 2, len(content) - 1}:
            path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
            assert verify(copy), f"byte {place} of {name}"
        path.write_bytes(content)
    assert verify(copy) == []


def test_one_byte_more_or_less_in_any_file_is_found(copy):
    for name, path in _by_name(copy).items():
        content = path.read_bytes()
        for changed in (content + b"\n", content[:-1], b""):
            path.write_bytes(changed)
            assert verify(copy), name
        path.write_bytes(content)


@pytest.mark.parametrize(
    "name", ["bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"]
)
def test_any_byte_of_a_tag_file_is_found(copy, name):
    path = copy / name
    content = path.read_bytes()
    for place in range(0, len(content), 3):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0x20]) + content[place + 1 :])
        assert verify(copy), f"byte {place}"


def test_any_missing_file_is_found(copy):
    for name, path in _by_name(copy).items():
        content = path.read_bytes()
        path.unlink()
        assert verify(copy), name
        path.write_bytes(content)


@pytest.mark.parametrize(
    "name", ["extra.txt", "data/extra.txt", "data/电子档案/2026/x.pdf", "data/其他/._hidden", "Thumbs.db"]
)
def test_any_extra_file_is_found(copy, name):
    (copy / name).write_bytes(b"")
    assert _codes(copy) >= {"extra"}


def test_a_renamed_file_is_called_renamed(copy):
    path = next(copy.rglob("001-回单.pdf"))
    path.rename(path.with_name("001-回单(1).pdf"))
    findings = [finding for finding in verify(copy) if finding.code == "renamed"]
    assert [finding.path.endswith("001-回单(1).pdf") for finding in findings] == [True]
    assert "001-回单.pdf" in findings[0].detail


def test_a_renamed_tag_file_is_found(copy):
    (copy / "verifier.py").rename(copy / "checker.py")
    assert _codes(copy) >= {"renamed"}


def test_two_files_that_changed_places_are_found(copy):
    one, two = sorted(copy.rglob("00?-*"))[:2]
    content = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(content)
    assert _codes(copy) >= {"changed"}


def test_links_and_empty_folders_are_found(copy):
    (copy / "data/空").mkdir()
    assert _codes(copy) == {"empty_folder"}
    (copy / "data/空").rmdir()
    (copy / "data/link").symlink_to("/etc/passwd")
    assert _codes(copy) == {"link"}


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("data/案卷目录.xml", "<投诉编号>TS-2026-0213-0001", "<投诉编号>TS-2026-0213-0009", "case_lost"),
        ("data/案卷目录.xml", "<投诉编号>TS-2026-0213-0001", "<投诉编号>TS-2026-0213-0009", "case_unlisted"),
        ("data/案卷目录.xml", "<页数>", "<页数>1", "total"),
        ("data/案卷目录.xml", '顺序号="2"', '顺序号="7"', "order"),
        ("data/案卷目录.xml", "<SHA256>", "<SHA256>0", "catalogue"),
        (
            "data/案卷目录.xml",
            "<档号>Z109-TS·2026-D10-HG-0002",
            "<档号>Z109-TS·2026-D10-HG-0001",
            "number_twice",
        ),
        ("data/其他/编号清单.xml", '原因="办理中"', '原因=" "', "no_reason"),
        ("data/其他/编号清单.xml", '去向="未归档"', '去向="遗失"', "no_reason"),
        ("data/其他/编号清单.xml", '号="TS-2026-0213-0005"', '号="TS-2026-0213-0003"', "case_twice"),
        ("data/其他/编号清单.xml", '发出="5"', '发出="6"', "total"),
        ("data/文件目录.xml", '页号="1"', '页号="2"', "pages"),
        ("data/文件目录.xml", 'SHA256="', 'SHA256="0', "catalogue"),
        ("data/文件目录.xml", "001-回单.pdf", "009-回单.pdf", "not_in_catalogue"),
        ("data/文件目录.xml", "<文件目录", "<!DOCTYPE x><文件目录", "xml"),
        ("data/文件目录.xml", "</文件目录>", "", "xml"),
    ],
)
def test_a_catalogue_that_lies_is_found_even_under_new_manifests(copy, file, old, new, code):
    _edit(copy / file, old, new)
    _reseal(copy)
    codes = _codes(copy)
    assert code in codes
    assert not codes & {"changed", "missing", "extra", "manifest", "oxum"}


def test_an_extra_volume_under_new_manifests_is_found(copy):
    (copy / "data/电子档案/2026/多余.pdf").write_bytes(b"%PDF")
    _reseal(copy)
    assert _codes(copy) == {"not_in_catalogue"}


def test_a_package_sealed_anew_without_change_is_still_whole(copy):
    _reseal(copy)
    assert verify(copy) == []


def test_any_changed_byte_of_the_zip_is_found(master, tmp_path):
    archive = tmp_path / master.archive.name
    content = master.archive.read_bytes()
    shutil.copy(master.archive.with_name(archive.name + ".sha256"), tmp_path)
    with zipfile.ZipFile(master.archive) as source:
        offsets = [info.header_offset for info in source.infolist()]
        places = {10, *offsets, *(offset + 12 for offset in offsets), source.start_dir + 14, len(content) - 1}
    for place in sorted(places):
        archive.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert verify(archive), f"byte {place}"


def test_a_zip_without_its_digest_file_is_still_checked_by_content(master, tmp_path):
    archive = tmp_path / "other.zip"
    shutil.copy(master.archive, archive)
    result = inspect(archive)
    assert result.findings == []
    assert len(result.notes) == 1
    archive.write_bytes(archive.read_bytes() + b"hidden")
    assert verify(archive)


def test_a_compressed_or_doubled_zip_is_refused(master, tmp_path):
    archive = tmp_path / "other.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for name, path in _by_name(master.folder).items():
            target.write(path, f"x/{name}")
    assert _codes(archive) == {"zip_shell"}
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(archive, "a") as target:
        target.writestr("x/bagit.txt", b"other")
    assert "zip_shell" in _codes(archive)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", bytes(200)])
def test_what_is_no_package_is_called_so(tmp_path, content):
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    assert _codes(path) == {"no_package"}


def test_an_empty_folder_is_no_package(tmp_path):
    assert _codes(tmp_path) == {"no_package"}


def test_the_copy_inside_runs_alone_with_nothing_but_python(copy, tmp_path):
    run = subprocess.run(
        [sys.executable, "-I", "-S", str(copy / "verifier.py")],
        cwd="/", env={}, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (0, "")
    assert "核验通过：案卷 3 卷" in run.stdout
    result = tmp_path / "result.json"
    next(copy.rglob("*HG-0001.pdf")).write_bytes(b"%PDF")
    run = subprocess.run(
        [sys.executable, "-I", "-S", str(copy / "verifier.py"), str(copy), "--en", "--result", str(result)],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert run.returncode == 1
    assert "NOT INTACT" in run.stdout
    facts = json.loads(result.read_text(encoding="utf-8"))
    assert facts["ok"] is False
    assert {row["code"] for row in facts["findings"]} >= {"changed", "catalogue"}
    assert all(row["zh"] and row["en"] for row in facts["findings"])


def test_the_command_runs_the_same_check(copy, tmp_path):
    result = tmp_path / "result.json"
    run = CliRunner().invoke(command, [str(copy), "--result", str(result)])
    assert (run.exit_code, "核验通过" in run.output) == (0, True)
    assert json.loads(result.read_text(encoding="utf-8"))["ok"] is True
    next(copy.rglob("*HG-0001.pdf")).unlink()
    assert CliRunner().invoke(command, [str(copy), "--en"]).exit_code == 1
    assert CliRunner().invoke(command, [str(tmp_path / "missing")]).exit_code == 2
    assert CliRunner().invoke(command, [str(copy), "--result", str(copy / "r.json")]).exit_code == 2


def test_the_command_shows_what_a_chinese_console_cannot_write(copy):
    (copy / "data/😀.txt").write_bytes(b"")
    line = [sys.executable, "-m", "portal", "verify", str(copy)]
    told = {**os.environ, "PYTHONIOENCODING": "gbk"}
    run = subprocess.run(line, env=told, capture_output=True, check=False)
    assert (run.returncode, b"Traceback" in run.stderr) == (1, False)
    assert "data/?.txt：多出的文件" in run.stdout.decode("gbk")


def test_the_checker_imports_the_standard_library_only():
    source = Path(verifier.__file__).read_text(encoding="utf-8")
    names = {
        line.split()[1].split(".")[0] for line in source.splitlines() if line.startswith(("import ", "from "))
    }
    assert names <= sys.stdlib_module_names


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_every_finding_is_said_in_both_languages(code):
    finding = Finding(code, "data/x", "y")
    assert finding.text() != finding.text(True)
    assert "{" not in finding.text() + finding.text(True)
