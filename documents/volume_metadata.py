"""The metadata 元数据 of a sealed volume, from its row and its cases; written down once, then kept."""

from __future__ import annotations

from typing import Any

from documents import dossier
from documents.complaint import Complaint
from documents.dossier_words import Names
from documents.files import StoredFile
from documents.policy import view_in_force, view_of
from documents.rules.metadata import ITEMS, CaseMetadata, VolumeMetadata, chosen
from documents.volume import Volume

SYSTEM = "卷宗 Juanzong"


def metadata_of(volume: Volume) -> VolumeMetadata:
    """What describes the volume, and for each case inside its forms and who did what and when."""
    rules = view_in_force(volume.policy).definition.get("archive") or {}
    names = tuple(rules.get("metadata") or ITEMS)
    return VolumeMetadata(
        items=chosen(_facts(volume, Names(), rules), names),
        cases=tuple(_case(number, volume) for number in volume.cases),
    )


def _facts(volume: Volume, names: Names, rules: Any) -> dict[str, str]:
    keeper = names.unit(volume.owner)
    return {
        "聚合层次": "案卷",
        "立档单位名称": keeper,
        "全宗号": volume.fonds,
        "档号": volume.id,
        "参见号": volume.supplement_to or "",
        "年度": str(volume.year),
        "保管期限": volume.retention["zh"],
        "机构或问题": names.unit(volume.unit),
        "类别号": str(rules.get("category_code") or ""),
        "题名": volume.title,
        "责任者": keeper,
        "起始日期": volume.opened_on.replace("-", ""),
        "终止日期": volume.closed_on.replace("-", ""),
        "密级": volume.secrecy or "",
        "件数": str(len(volume.contents)),
        "页数": str(volume.pages),
        "格式信息": "PDF/A",
        "计算机文件名": f"{volume.id}.pdf",
        "计算机文件大小": str(volume.size),
        "数字摘要算法": "SHA-256",
        "数字摘要值": volume.sha256,
        "原件数": str(len(volume.originals)),
        "信息系统描述": SYSTEM,
    }


def _case(number: str, volume: Volume) -> CaseMetadata:
    case = Complaint.get(number)
    part = next(one for one in case.volumes if one.number == volume.id)
    content = dossier.volume_content(case, lambda _: b"", part)
    policy = view_of(case.policy, case.policy_version).definition["policy"]["title"]["zh"]
    return CaseMetadata(
        number=number,
        policy=f"{policy} 第 {case.policy_version} 版",
        forms=content.forms,
        events=content.events,
    )


def keep(volume: str, stored: StoredFile) -> bool:
    """Attach the metadata; False when they were written before. Safe to run twice."""
    facts = {"file_id": stored.id, "sha256": stored.sha256, "size": stored.size}
    done = Volume.collection().update_one(
        {"_id": volume, "metadata.file_id": None}, {"$set": {"metadata": facts}}
    )
    return bool(done.modified_count)
