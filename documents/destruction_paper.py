"""电子档案销毁证明 with its 销毁清册: what went, who released it, who watched – plain values for paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from documents.destruction import BLOCKED, DESTROY, GONE, KEPT, LENGTHEN, Destruction, Line
from documents.dossier_words import Names
from documents.rules.custody_papers import DestructionPaper, Signatory
from documents.rules.papers import FormField

TITLE = "电子档案销毁证明"
COLUMNS = (
    *(("序号", 6), ("档号", 24), ("题名", 26), ("年度", 8), ("保管期限", 10), ("件数", 7), ("页数", 7)),
    *(("鉴定意见", 16), ("处理结果", 14), ("SHA-256（封存时）", 30)),
)
RESULTS = {GONE: "已销毁", KEPT: "继续保管", BLOCKED: "未销毁"}
WHAT_GOES = (
    "已销毁内容包括：案卷文件、附件原件、函件、登记内容、办理经过的文字、检索文字、有关通知及待发消息，"
    "以及第二副本和移交包中的相应文件。留存投诉编号、档号、保管期限、封存时的 SHA-256、"
    "办理经过的哈希链和本清册，供核对编号之用，不含个人信息。"
)


def certificate(one: Destruction, *, now: datetime) -> DestructionPaper:
    """The certificate of a list that is done with, or was stopped on the way."""
    names = Names()
    organisation = names.unit(one.owner)
    gone = [line for line in one.lines if line.state == GONE]
    kept = [line for line in one.lines if line.state == KEPT]
    cases = sum(len(line.cases) for line in gone)
    return DestructionPaper(
        title=TITLE,
        organisation=organisation,
        number=one.number,
        paragraphs=tuple(_paragraphs(one, organisation, (len(gone), cases, len(kept)))),
        facts=tuple(_facts(one, gone)),
        signatories=tuple(_signatories(one)),
        columns=COLUMNS,
        rows=tuple(_row(position, line) for position, line in enumerate(one.lines, start=1)),
        made_at=now,
    )


def _paragraphs(one: Destruction, organisation: str, counts: tuple[int, int, int]) -> Iterator[str]:
    volumes, cases, kept = counts
    yield (
        f"兹证明{organisation}依销毁清册 {one.number}，经逐卷鉴定、两人批准并等待期满，"
        f"销毁保管期限已满的投诉档案 {volumes} 卷（投诉 {cases} 件）；经鉴定继续保管 {kept} 卷。"
    )
    if volumes:
        yield WHAT_GOES
    if one.stopped_at:
        yield f"本清册在执行中由{one.stopped_name}中止，理由：{one.stopped_reason}。未执行的案卷仍予保管。"


def _facts(one: Destruction, gone: list[Line]) -> Iterator[FormField]:
    yield FormField("销毁数量", f"{len(gone)} 卷 {sum(line.pages for line in gone)} 页")
    yield FormField("删除文件", f"{sum(line.files for line in gone)} 个")
    yield FormField("提交鉴定", _spoken(one.submitted_name, one.submitted_at))
    yield FormField("执行", _spoken(one.started_name, one.started_at))


def _spoken(name: str | None, at: datetime | None) -> str:
    return f"{name or ''}　{at:%Y-%m-%d}" if at else name or ""


def _signatories(one: Destruction) -> Iterator[Signatory]:
    yield Signatory("鉴定人", one.submitted_name or one.made_name, one.submitted_at)
    for each in one.releases:
        yield Signatory("批准人", each.name, each.at)
    yield Signatory("执行人", one.started_name or "", one.started_at)
    for name in one.witnesses:
        yield Signatory("监销人", name)


def _row(position: int, line: Line) -> tuple[str, ...]:
    opinion = {DESTROY: "销毁", LENGTHEN: f"延长 {line.more} 年"}.get(line.decision, "转为永久")
    return (
        str(position),
        "\n".join([line.volume, *line.supplements]),
        line.title,
        str(line.year),
        line.retention["zh"],
        str(len(line.cases)),
        str(line.pages),
        f"{opinion}（{line.by_name}）\n{line.reason}",
        RESULTS.get(line.state, "未执行"),
        line.sha256 or "",
    )
