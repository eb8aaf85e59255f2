"""案卷元数据.xml: the metadata of one volume, beside its pages 描述、表单、过程元数据."""

from __future__ import annotations

from typing import Any

from documents.rules.metadata import CaseMetadata, VolumeMetadata
from documents.rules.papers import FilledForm, FormSection
from pdf import schemas
from pdf.wording import beijing
from pdf.xml_text import child, clean, document, root, row

BACK = "../../../../"  # from 电子档案/年度/保管期限/档号/ to data/


def volume_xml(metadata: VolumeMetadata) -> bytes:
    """The metadata as XML that keeps to its schema."""
    tree = root("案卷元数据", f"{BACK}{schemas.FOLDER}案卷元数据.xsd")
    described = child(tree, "描述")
    for name, value in metadata.items:
        _named(described, "项", name, value)
    for case in metadata.cases:
        _case(tree, case)
    return document(tree)


def _case(tree: Any, case: CaseMetadata) -> None:
    group = row(tree, "投诉", {"编号": case.number, "制度": case.policy})
    for form in case.forms:
        _form(group, form)
    if case.events:
        process = child(group, "过程")
        for event in case.events:
            facts = {
                "时间": beijing(event.at).isoformat(timespec="seconds"),
                "责任者": event.who,
                "机构": event.unit,
                "行为": event.what,
            }
            row(process, "行为", facts).text = clean(event.note)


def _form(group: Any, form: FilledForm) -> None:
    facts = {
        "名称": form.title,
        "填写人": form.filled_by,
        "填写时间": beijing(form.filled_at).isoformat(timespec="seconds"),
        "制度": form.policy_version,
    }
    sheet = row(group, "表单", facts)
    for section in form.sections:
        _section(row(sheet, "分栏", {"名称": section.title}), section)


def _section(element: Any, section: FormSection) -> None:
    for one in section.fields:
        _named(element, "栏目", one.label, one.value)
    for table in section.tables:
        lines = row(element, "表", {"名称": table.title})
        for values in table.rows:
            line = child(lines, "行")
            for column, value in zip(table.columns, values, strict=True):
                _named(line, "格", column, value)


def _named(parent: Any, tag: str, name: str, value: str) -> None:
    row(parent, tag, {"名称": name or "—"}).text = clean(value)
