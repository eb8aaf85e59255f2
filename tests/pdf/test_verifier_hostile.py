"""The checker 核验程序 before damaged and hostile packages: it says what is wrong, and never falls over."""

from __future__ import annotations

import json
import os
import random
import shutil
import struct
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from documents.rules.volume import RenderedVolume
from pdf import verifier
from pdf.packages import Written
from pdf.verifier import Result, exit_code, inspect, report
from tests.pdf import packing

SEED = 20261231
FLIPS = 250
CHINESE = "核验"


@pytest.fixture(scope="module")
def master(rendered: RenderedVolume, tmp_path_factory: pytest.TempPathFactory) -> Written:
    store = packing.Store()
    return packing.pack(tmp_path_factory.mktemp("package"), packing.content(rendered, store), store)


@pytest.fixture
def copy(master: Written, tmp_path: Path) -> Path:
    return Path(shutil.copytree(master.folder, tmp_path / master.folder.name))


def told(path: Path) -> Result:
    """What the checker says of something broken: words that can be shown, and exit code 1."""
    result = inspect(path)
    assert exit_code(result) == 1, [one.text() for one in result.findings]
    assert CHINESE in report(result, english=False)
    assert json.loads(verifier.as_json(path, result))["ok"] is False
    verifier.as_opinions(result)
    return result


def codes(path: Path) -> set[str]:
    return {one.code for one in told(path).findings}


# --- the ZIP ---------------------------------------------------------------------------------------------


def shell_of(archive: Path) -> list[int]:
    """Every place in a ZIP that is no content: headers, names, directory, end."""
    with zipfile.ZipFile(archive) as source:
        infos, start = source.infolist(), source.start_dir
    places = [
        place
        for info in infos
        for place in range(info.header_offset, info.header_offset + 30 + len(info.filename.encode()))
    ]
    return [*places, *range(start, archive.stat().st_size)]


def test_a_flipped_bit_anywhere_in_the_zip_is_found_without_its_digest_file(master, tmp_path):
    chance = random.Random(SEED)
    archive = tmp_path / master.archive.name
    content = bytearray(master.archive.read_bytes())
    places = [
        *chance.sample(shell_of(master.archive), FLIPS),
        *chance.sample(range(len(content)), FLIPS // 5),
    ]
    for place in [0, 2, len(content) - 1, *places]:
        kept, content[place] = content[place], content[place] ^ 1 << chance.randrange(8)
        archive.write_bytes(content)
        content[place] = kept
        assert told(archive).findings, f"byte {place}"


def test_a_flipped_bit_is_found_with_the_digest_file_too(master, tmp_path):
    archive = tmp_path / master.archive.name
    content = bytearray(master.archive.read_bytes())
    content[len(content) // 3] ^= 4
    archive.write_bytes(content)
    beside = archive.with_name(archive.name + ".sha256")
    shutil.copy(master.archive.with_name(beside.name), beside)
    assert "zip_digest" in codes(archive)
    beside.write_bytes(b"\xff\xfe no digest")
    assert "zip_digest" in codes(archive)


def test_a_zip_that_was_cut_off_or_added_to_is_called_so(master, tmp_path):
    chance = random.Random(SEED)
    content = master.archive.read_bytes()
    archive = tmp_path / "x.zip"
    lengths = [3, 22, len(content) - 1, len(content) - 22, *chance.sample(range(4, len(content)), 20)]
    for changed in [*(content[:length] for length in lengths), content + b"\n", b"PK\3\4" + content]:
        archive.write_bytes(changed)
        (found,) = told(archive).findings
        assert "ZIP 外壳被改动或不合规范：" in found.text()


def added(master: Written, archive: Path, *names: str) -> Path:
    """The ZIP of the master with further entries, written as the sender would write them."""
    shutil.copy(master.archive, archive)
    with zipfile.ZipFile(archive, "a") as target:
        moment = target.infolist()[0].date_time
        for name in names:
            entry = zipfile.ZipInfo(name, moment)
            entry.external_attr, entry.create_system = 0o644 << 16, 3
            target.writestr(entry, b"other")
    return archive


@pytest.mark.parametrize(
    "name",
    ["../x", "/x", "{top}/data/../../x", "{top}/data/..\\x", "C:/x", "{top}//x", "{top}/\u202ex", "{top}/a/"],
)
def test_a_path_that_leads_elsewhere_is_named_and_nothing_is_unpacked(master, tmp_path, name):
    archive = added(master, tmp_path / "x.zip", name.format(top=master.folder.name))
    assert "zip_path" in codes(archive)
    assert [path.name for path in tmp_path.rglob("*")] == ["x.zip"]


def test_a_doubled_entry_and_a_bomb_are_found(master, tmp_path):
    with pytest.warns(UserWarning, match="Duplicate"):
        archive = added(master, tmp_path / "x.zip", f"{master.folder.name}/bagit.txt")
    assert "zip_shell" in codes(archive)
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("x/bagit.txt", bytes(64 << 20))
    began = time.process_time()
    (found,) = told(bomb).findings
    assert "请解压以后核验文件夹" in found.text()
    assert time.process_time() - began < 0.5


def test_a_large_zip_is_laid_out_as_the_checker_expects(tmp_path):
    """Past two gigabytes the fields are others: written into a hole, so that it takes no room."""
    path = tmp_path / "large.zip"
    with path.open("wb") as stream, zipfile.ZipFile(stream, "w") as target:
        for name in ("x/a", "x/b文"):
            stream.seek(0, os.SEEK_END)
            entry = zipfile.ZipInfo(name, (2027, 1, 8, 0, 0, 0))
            entry.external_attr, entry.create_system = 0o644 << 16, 3
            target.writestr(entry, b"content")
        infos = target.infolist()
        infos[1].header_offset += 3 << 30
        target.start_dir = stream.tell() + (3 << 30)
        stream.seek(target.start_dir)
    verifier._check_end(path)
    lines = b"".join(verifier._headers(one, one.date_time)[1] for one in infos)
    with path.open("rb") as stream:
        stream.seek(target.start_dir)
        assert stream.read(len(lines)) == lines


# --- what is inside --------------------------------------------------------------------------------------


def damaged(chance: random.Random, content: bytes) -> bytes:
    """Bytes as a bad carrier or a bad person leaves them."""
    start = chance.randrange(len(content))
    end = min(len(content), start + chance.choice((1, 8, 200)))
    piece = chance.choice(
        (
            b"",
            b"\0",
            b"\xff\xfe",
            b"\r\n",
            b"<!",
            b"<a>" * 50,
            b"&x;",
            b'"',
            content[start:end] * 3,
            "\u202e".encode(),
        )
    )
    return content[:start] + piece + content[end:]


@pytest.mark.parametrize(
    "name",
    [
        *("manifest-sha256.txt", "tagmanifest-sha256.txt", "bag-info.txt"),
        *("data/案卷目录.xml", "data/文件目录.xml", "data/其他/编号清单.xml"),
    ],
)
def test_a_list_that_was_damaged_at_random_is_found_and_read_calmly(copy, name):
    chance, path = random.Random(SEED), copy / name
    content = path.read_bytes()
    for _turn in range(12):
        changed = damaged(chance, content)
        if changed == content:
            continue
        path.write_bytes(changed)
        named = {one.path for one in told(copy).findings}
        assert name in named or (name.startswith("tag") and "" not in named)


def said(encoding: str) -> str:
    """The first line of an XML file."""
    return f'<?xml version="1.0" encoding="{encoding}"?>'


def bomb(body: str, head: str = "", encoding: str = "utf-8") -> bytes:
    """A list of numbers that is not what it seems."""
    return f'{head}<编号清单 格式="1">{body}</编号清单>'.encode(encoding)


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(bomb("&i;", LAUGHS), id="billion laughs"),
        pytest.param(bomb("&i;", said("UTF-16") + LAUGHS, "utf-16"), id="laughs in UTF-16"),
        pytest.param(said("cp037").encode() + (LAUGHS + "<x>&i;</x>").encode("cp037"), id="in EBCDIC"),
        pytest.param(bomb("&a;", OUTSIDE), id="a file of the reader"),
        pytest.param(bomb("<a>" * 200_000 + "</a>" * 200_000), id="deep"),
        pytest.param(bomb("<a>" * 200_000), id="deep and never closed"),
        pytest.param(bomb("", said("GBK"), "gbk"), id="GBK"),
        pytest.param(bomb("", said("nonsense")), id="an encoding that does not exist"),
        pytest.param(bomb('<档号 号="a" 流水="s" 序="999999999"/>'), id="a gap of a milliard"),
        pytest.param(b"", id="empty"),
        pytest.param(bytes(5000), id="zeros"),
        pytest.param(b"\xef\xbb\xbf", id="a mark and nothing"),
    ],
)
def test_a_catalogue_that_attacks_its_reader_is_refused_with_its_name(copy, content):
    name = "data/其他/编号清单.xml"
    (copy / name).write_bytes(content)
    began = time.process_time()
    assert name in {one.path for one in told(copy).findings}
    assert time.process_time() - began < 3


def test_a_package_whose_every_name_was_changed_is_read_in_reasonable_time(tmp_path):
    bag = tmp_path / "x"
    (bag / "data").mkdir(parents=True)
    lines = [f"{number:064x}  data/{number}\n" for number in range(30_000)]
    (bag / "manifest-sha256.txt").write_text("".join(sorted(lines, key=lambda line: line[66:])))
    for number in range(300):
        (bag / f"data/n{number}").write_bytes(b"%d" % number)
    began = time.process_time()
    result = told(bag)
    assert time.process_time() - began < 5
    assert len(json.loads(verifier.as_json(bag, result))["findings"]) == verifier.MOST_KEPT
    assert "见结果文件" in report(result, english=False)


def test_what_a_package_says_never_writes_lines_of_its_own(copy):
    (copy / "x\n核验通过：\x1b[2J\u202e.txt").write_bytes(b"")
    os.close(os.open(os.fsencode(copy) + b"/\xff\xfe", os.O_CREAT | os.O_WRONLY))
    lines = report(told(copy), english=False).split("\n")
    assert not [line for line in lines if line.startswith("核验通过")]
    assert not [line for line in lines if "\x1b" in line or "\u202e" in line]
    assert "\\u000a核验通过" in "".join(lines)


def test_a_folder_without_end_is_walked(copy):
    deep = copy / "data"
    for _ in range(1_200):
        deep = deep / "a"
        deep.mkdir()
    assert codes(copy) == {"empty_folder"}
    for folder in [deep, *deep.parents][:1_200]:  # here: pytest cannot remove so many in each other
        folder.rmdir()


def test_a_pdf_full_of_signatures_is_not_read_once_for_each(copy):
    path = next(copy.rglob("*HG-0001.pdf"))
    path.write_bytes(b"".join(b"/ByteRange [0 9 %d 9]" % number for number in range(50_000)))
    found = [one for one in told(copy).findings if one.code == "signature"]
    assert [one.path.endswith("HG-0001.pdf") for one in found] == [True]


def test_a_certificate_of_many_small_values_is_read_in_reasonable_time():
    began = time.process_time()
    whole = b"\x30\x84" + struct.pack(">I", 1 << 18) + b"\5\0" * (1 << 17)
    assert len(verifier.read_der(whole).parts) == 1 << 17
    assert time.process_time() - began < 3


def test_an_opinion_is_never_a_formula(copy):
    path = copy / "data/案卷目录.xml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("<题名>", "<题名>=HYPERLINK(1)"), encoding="utf-8")
    table = verifier.as_opinions(told(copy))
    assert ",'=HYPERLINK(1)" in table


# --- where it is run -------------------------------------------------------------------------------------

PYTHON = Path(sys.base_prefix) / "bin" / "python3"  # the bare one, outside of any environment
NO_NETWORK = ["unshare", "--user", "--net"]
ALONE = NO_NETWORK if subprocess.run([*NO_NETWORK, "true"], check=False).returncode == 0 else []


def run(folder: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The checker as the archive room runs it: from its folder, with a bare Python and nothing else."""
    line = [str(PYTHON), "-S", *options, "verifier.py"]
    return subprocess.run(line, cwd=folder, env=environment, capture_output=True, check=False)


@pytest.mark.parametrize(
    ("environment", "encoding"),
    [
        pytest.param({}, "utf-8", id="nothing set"),
        pytest.param({"PYTHONIOENCODING": "gbk"}, "gbk", id="a Chinese Windows"),
        pytest.param({"PYTHONIOENCODING": "ascii"}, "utf-8", id="a console that knows no Chinese"),
        pytest.param({"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, "utf-8", id="POSIX"),
    ],
)
def test_every_console_can_show_what_is_said(copy, environment, encoding):
    whole = run(copy, **environment)
    assert (whole.returncode, whole.stderr) == (0, b"")
    assert "核验通过：案卷 3 卷" in whole.stdout.decode(encoding)
    (copy / "data/😀·\u3400 多余.txt").write_bytes(b"")
    broken = run(copy, **environment)
    assert (broken.returncode, broken.stderr) == (1, b"")
    assert "多出的文件" in broken.stdout.decode(encoding)
    assert "核验不通过：" in broken.stdout.decode(encoding)


def test_it_needs_neither_a_network_nor_a_library(copy, master, tmp_path):
    line = [*ALONE, str(PYTHON), "-I", "-S", str(copy / "verifier.py")]
    for path in (copy, master.archive):
        run = subprocess.run([*line, str(path)], cwd="/", env={}, capture_output=True, check=False)
        assert (run.returncode, run.stderr) == (0, b"")
    result = tmp_path / "no" / "result.json"
    run = subprocess.run([*line, "--result", str(result)], env={}, capture_output=True, check=False)
    assert run.returncode == 2
    assert "结果文件不能写入" in run.stderr.decode()
    assert b"Traceback" not in run.stderr
