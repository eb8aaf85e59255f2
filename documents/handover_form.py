"""移交与接收登记表: the two-party form of a hand-over, filled as far as it is known."""

from __future__ import annotations

from documents.dossier_words import Names
from documents.policy import view_of
from documents.rules.broken import RuleBroken
from documents.rules.papers import FilledForm, FormField, FormSection, PaperTable
from documents.transfer import Built, TransferPackage

GIGABYTE = 1_000_000_000
TITLE = "电子档案移交与接收登记表"
# What the receiver looks at, and how the package lets it be seen.
INSPECTED = (
    ("准确性", "目录与文件逐项对应"),
    ("完整性", "编号连续、总件数与总字节数相符"),
    ("可用性", "PDF/A 可读，未加密、未压缩"),
    ("安全性", "病毒检查由接收方完成"),
    ("数字摘要", "SHA-256 逐件比对"),
)


def handover_form(package: TransferPackage) -> FilledForm:
    """The form 登记表 of a finished package; what is not known yet is left to be written in."""
    if package.built is None:
        raise RuleBroken("package_not_ready", package=package.id)
    names = Names()
    policy = view_of(package.policy, package.policy_version).definition["policy"]
    organisation = names.unit(package.unit)
    handed = package.handed
    return FilledForm(
        title=TITLE,
        form_key="handover",
        number=package.built.name,
        sections=(
            _subject(package, organisation, policy["title"]["zh"]),
            _inspection(package),
            _signatures(package, organisation),
        ),
        filled_by=handed.by_name if handed else names.person(package.made_by),
        filled_at=handed.at if handed else package.made_at,
        unit=organisation,
        organisation=organisation,
        note="栏目参照《电子档案移交与接收办法》，版式为本系统自定",
    )


def _subject(package: TransferPackage, organisation: str, policy: str) -> FormSection:
    built: Built = package.built
    return FormSection(
        "交接事项",
        (
            FormField("交接工作名称", f"{organisation}{package.year}年度投诉档案移交", wide=True),
            FormField("内容描述", f"依《{policy}》办理的投诉、建议、意见及申诉案卷", wide=True),
            FormField("移交数量", f"案卷 {built.volumes} 卷 {built.pages} 页，原件 {built.originals} 个"),
            FormField("移交数据量", f"{built.size / GIGABYTE:.3f} GB（{built.size:,} 字节）"),
            FormField("载体类型", (package.handed.medium if package.handed else "") or "", wide=True),
            FormField("数字摘要", f"{built.name}.zip　SHA-256\n{built.sha256}", wide=True),
        ),
    )


def _inspection(package: TransferPackage) -> FormSection:
    verified = package.verified
    result = ("通过" if verified.ok else f"不通过（{len(verified.findings)} 项）") if verified else ""
    result += f"　{verified.checked_at[:10]}" if verified else ""
    rows = tuple((str(n), what, how, result) for n, (what, how) in enumerate(INSPECTED, start=1))
    table = PaperTable(("序号", "检验项目", "检验内容", "接收方检验结果"), rows, widths=(8, 16, 44, 32))
    return FormSection("检验", (), (table,))


def _signatures(package: TransferPackage, organisation: str) -> FormSection:
    handed = package.handed
    return FormSection(
        "交接双方（签字、盖章）",
        (
            FormField("移交单位", organisation),
            FormField("接收单位", handed.receiver if handed else ""),
            FormField("移交人", handed.by_name if handed else ""),
            FormField("接收人", handed.received_by if handed else ""),
            FormField("移交日期", handed.received_on if handed else ""),
            FormField("接收日期", handed.received_on if handed else ""),
            FormField("备注", (handed.note if handed else "") or "", wide=True),
        ),
    )
