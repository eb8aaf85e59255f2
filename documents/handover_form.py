"""移交与接收登记表: the two-party form of one round of a hand-over, filled as far as it is known."""

from __future__ import annotations

from documents import handed
from documents.dossier_words import Names
from documents.policy import view_of
from documents.register import ANYBODY, Reader
from documents.rules.broken import RuleBroken
from documents.rules.papers import FilledForm, FormField, FormSection, PaperTable
from documents.transfer import Built, HandOver, Round, TransferPackage, current_round
from documents.volume import HIDDEN, volumes_kept_from

GIGABYTE = 1_000_000_000
TITLE = "电子档案移交与接收登记表"
MOST_REASONS = 40
# What both sides look at, and how the package lets it be seen.
INSPECTED = (
    ("准确性", "目录与文件逐项对应，题名、编号、页数相符"),
    ("完整性", "编号与档号连续、总件数与总字节数相符"),
    ("可用性", "PDF/A 可读，未加密、未压缩"),
    ("安全性", "病毒检查"),
    ("载体外观", "无破损、标签清楚"),
    ("数字摘要", ""),
)


def handover_form(package: TransferPackage, number: int = 0, reader: Reader = ANYBODY) -> FilledForm:
    """The form 登记表 of a round; what is not known yet is left to be written in by hand.

    Why something was sent back is not told of what is kept from its reader by now.
    """
    one = round_of(package, number)
    names = Names()
    organisation = names.unit(package.unit)
    handed_over = one.handed
    return FilledForm(
        title=TITLE,
        form_key="handover",
        number=one.built.name,
        sections=(
            _subject(package, one, organisation),
            _inspection(one),
            *_opinions(package, one, reader.person),
            _signatures(one, organisation),
        ),
        filled_by=handed_over.by_name if handed_over else names.person(package.made_by),
        filled_at=handed_over.at if handed_over else package.made_at,
        unit=organisation,
        organisation=organisation,
        note="栏目参照《电子档案移交与接收办法》，版式为本系统自定",
    )


def round_of(package: TransferPackage, number: int) -> Round:
    """A round of the package, the current one by default; raises RuleBroken("package_not_ready")."""
    rounds = [*package.rounds, current_round(package)]
    found: Round | None = next((one for one in rounds if one.number == (number or package.round)), None)
    if found is None or found.built is None:
        raise RuleBroken("package_not_ready", package=package.id)
    return found


def _subject(package: TransferPackage, one: Round, organisation: str) -> FormSection:
    policy = view_of(package.policy, package.policy_version).definition["policy"]["title"]["zh"]
    built, record = one.built, one.handed or HandOver()
    earlier = "；".join(
        f"第 {before.number} 次 {before.handed.received_on} {before.built.name}"
        for before in package.rounds
        if before.number < one.number and before.handed
    )
    which = f"（第 {one.number} 次移交）" if one.number > 1 else ""
    apart = "（保密案卷）" if package.confidential else ""
    work = f"{organisation}{package.year}年度投诉档案移交{apart}{which}"
    return FormSection(
        "交接事项",
        (
            FormField("交接工作名称", work, wide=True),
            FormField("内容描述", f"依《{policy}》办理的投诉、建议、意见及申诉案卷", wide=True),
            FormField("移交数量", f"案卷 {built.volumes} 卷 {built.pages} 页，原件 {built.originals} 个"),
            FormField("移交数据量", f"{built.size / GIGABYTE:.3f} GB（{built.size:,} 字节）"),
            FormField("载体类型规格", record.medium or ""),
            FormField("载体起止顺序号", record.carriers or ""),
            *([FormField("前次移交", earlier, wide=True)] if earlier else []),
            FormField("移交包与数字摘要", "\n".join(_digests(built)), wide=True),
        ),
    )


def _digests(built: Built) -> list[str]:
    parts = built.parts or [built]
    return [f"{part.name}.zip　SHA-256 {part.sha256}" for part in parts]


def _inspection(one: Round) -> FormSection:
    verified = one.verified
    result = ("通过" if verified.ok else f"不通过（{len(verified.findings)} 项）") if verified else ""
    result += f"　{verified.checked_at[:10]}" if verified else ""
    algorithms = f"SHA-256{'、SM3' if one.built.sm3 else ''} 逐件比对"
    own = "通过" if one.built.checked else ""
    said = {what: (own, result) if what in CHECKED else ("", "") for what, _ in INSPECTED}
    rows = tuple(
        (str(n), what, how or algorithms, *said[what]) for n, (what, how) in enumerate(INSPECTED, start=1)
    )
    heads = ("序号", "检验项目", "检验内容", "移交方检验结果", "接收方检验结果")
    return FormSection("检验", (), (PaperTable(heads, rows, widths=(8, 15, 37, 20, 20)),))


CHECKED = frozenset({"准确性", "完整性", "数字摘要"})  # by the checker; the others are looked at by people


def _opinions(package: TransferPackage, one: Round, reader: str) -> tuple[FormSection, ...]:
    """接收意见: how many volumes were accepted, which were sent back and why."""
    count = handed.tally(package.id, one.number)
    if not (count["accepted"] or count["rejected"]):
        return ()
    back = list(handed.rows_of(package.id, one.number).filter(decision="rejected").limit(MOST_REASONS))
    hidden = volumes_kept_from(reader, (row.volume for row in back))
    rows = tuple(
        (str(n), row.volume, HIDDEN["zh"] if row.volume in hidden else row.reason or "")
        for n, row in enumerate(back, start=1)
    )
    more = f"（列出前 {MOST_REASONS} 卷，其余见移交清单）" if count["rejected"] > MOST_REASONS else ""
    said = f"接收 {count['accepted']} 卷，退回 {count['rejected']} 卷{more}"
    table = PaperTable(("序号", "退回档号", "退回原因"), rows, widths=(8, 34, 58))
    return (FormSection("接收意见", (FormField("结论", said, wide=True),), (table,) if rows else ()),)


def _signatures(one: Round, organisation: str) -> FormSection:
    record = one.handed or HandOver()
    return FormSection(
        "交接双方（签字、盖章）",
        (
            FormField("移交单位（印章）", organisation),
            FormField("接收单位（印章）", record.receiver or ""),
            FormField("移交方填表人", record.by_name or ""),
            FormField("接收方填表人", record.received_by or ""),
            FormField("移交方审核人", ""),
            FormField("接收方审核人", ""),
            FormField("移交日期", record.received_on or ""),
            FormField("接收日期", record.received_on or ""),
            FormField("备注", record.note or "", wide=True),
        ),
    )
