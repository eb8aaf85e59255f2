"""The canvases of reports, the archive, case types, the policy itself and migrations 报告、归档与其余画布."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from admin_views.designer.bench import Bench
from admin_views.designer.condition_words import condition_words
from admin_views.designer.drawings.facts import facts
from admin_views.designer.drawings.workflows import branches, effect_words
from admin_views.designer.told import person
from admin_views.designer.words import name_of, place_words, spoken
from admin_views.phrases import listed, named
from admin_views.standing import said, today
from documents.rules.broken import PolicyInvalid
from documents.rules.calendar_uses import counted_by_calendar
from documents.rules.grammar.migrations import MERGED, RENAMED
from documents.rules.grammar.papers import DRAFTS, PERIODS
from documents.rules.numbering import number
from documents.rules.policy_problems import elements, table
from documents.work_calendar import WorkCalendarRecord

Definition = Mapping[str, Any]
COUNTED: Mapping[str, Any] = {
    "case_type": _l("事项类型"),
    "outcome": _l("处理结果"),
    "severity": _l("等级"),
    "closed": _l("已办结"),
    "overdue": _l("已逾期"),
    "before": _l("上期收到"),
    "extended": _l("延期过"),
    "event": _l("办过步骤"),
    "category": _l("类别"),
    "channel": _l("方式"),
    "flags": _l("标记"),
    "answer": _l("填写"),
}


def draw_report(bench: Bench) -> dict[str, Any]:
    """A report as an outline: figures, tables, sections, and what each counts in words."""
    report = table(bench.value)
    figures = {str(one.get("key")): name_of(one) for one in elements(report, "figures")}
    tables = {str(one.get("key")): name_of(one) for one in elements(report, "tables")}
    period = table(report.get("period"))
    return {
        "facts": facts(bench, "report", report, bench.element),
        "period": [spoken(PERIODS.get(str(period.get("kind")))), period.get("from"), period.get("cut_off")],
        "figures": [
            (f"{bench.element}.figures[{one.get('key')}]", name_of(one), _figure(bench, one, figures))
            for one in elements(report, "figures")
        ],
        "tables": [
            (f"{bench.element}.tables[{one.get('key')}]", name_of(one), _table(bench, one, figures))
            for one in elements(report, "tables")
        ],
        "sections": [
            (f"{bench.element}.sections[{one.get('key')}]", name_of(one), list(_section(bench, one, tables)))
            for one in elements(report, "sections")
        ],
    }


def _figure(bench: Bench, one: Definition, figures: Mapping[str, str]) -> str:
    words = [_counted(bench, name, value) for name, value in table(one.get("count")).items()]
    if one.get("rate"):
        of = figures.get(str(one.get("of")), str(one.get("of") or ""))
        words.append(str(_("%(of)s 中按期完成时限的比率", of=of)))
    text = _("；").join(words) or str(_("还没有说明统计什么"))
    if one.get("share_of"):
        share = figures.get(str(one["share_of"]), str(one["share_of"]))
        text += str(_("（并列占“%(what)s”的比例）", what=share))
    return text


def _counted(bench: Bench, name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        labels = {one.key: one.label for one in bench.known.offers.fields}
        return listed(
            named(labels.get(str(key)) or str(key), _values(bench, "", one)) for key, one in value.items()
        )
    words = str(COUNTED.get(name, name))
    if isinstance(value, bool):
        return words if value else str(_("未%(what)s", what=words))
    return named(words, _values(bench, name, value))


def _values(bench: Bench, name: str, value: Any) -> str:
    offers = bench.known.offers
    kinds = {"case_type": "case_types", "event": "transitions", "outcome": "outcomes", "severity": "levels"}
    known = offers.kind(kinds[name]) if name in kinds else []
    labels = {one.key: one.label for one in known}
    many = value if isinstance(value, list) else [value]
    yes = {True: _("是"), False: _("否")}
    return listed(str(yes[one]) if isinstance(one, bool) else labels.get(str(one), str(one)) for one in many)


def _table(bench: Bench, one: Definition, figures: Mapping[str, str]) -> str:
    of = figures.get(str(one.get("of")), str(one.get("of") or ""))
    if one.get("list"):
        return str(_("“%(of)s”的清单", of=of))
    if one.get("limits"):
        return str(_("“%(of)s”的各项时限：按期、逾期、平均用时", of=of))
    group = str(one.get("group") or "").removeprefix("answer.")
    labels = {each.key: each.label for each in bench.known.offers.fields}
    words = labels.get(group) or str(COUNTED.get(group, "")) or (_("承办单位") if "unit" in group else group)
    return str(_("“%(of)s”按%(group)s分组", of=of, group=words)) + (
        str(_("，附图")) if one.get("chart") else ""
    )


def _section(bench: Bench, one: Definition, tables: Mapping[str, str]) -> Iterator[str]:
    if one.get("draft"):
        yield str(_("初稿：%(kind)s", kind=spoken(DRAFTS.get(str(one["draft"]))) or one["draft"]))
    listed = one.get("tables")
    for key in listed if isinstance(listed, list) else ():
        yield str(_("表：%(name)s", name=tables.get(str(key), key)))
    labels = {each.key: each.label for each in bench.known.offers.fields}
    texts = one.get("texts")
    for key in texts if isinstance(texts, list) else ():
        yield str(_("摘录：%(name)s", name=labels.get(str(key), key)))


def draw_archive(bench: Bench) -> dict[str, Any]:
    """The archive: an example volume number, and each retention rule in words with a number of its own."""
    archive = table(bench.value)
    rules = elements(archive, "retention")
    offered = [one for one in rules if not one.get("by_hand")]
    return {
        "facts": facts(bench, "archive", archive, bench.element, without=("volume_number", "contents")),
        "retention": [
            (
                f"{bench.element}.retention[#{index}]",
                str(_("只供人工选定"))
                if one.get("by_hand")
                else condition_words(bench, one.get("when")) or str(_("其余各件")),
                said(one.get("label")) or str(one.get("code") or ""),
                str(one.get("code") or ""),
                _volume(archive, str(one.get("code") or "")),
            )
            for index, one in enumerate(rules)
        ],
        "open_end": bool(offered) and bool(offered[-1].get("when")),
        "volume": _volume(archive, str(offered[-1].get("code") or "") if offered else "D10"),
        "unit_codes": [
            (
                f"{bench.element}.unit_codes[#{index}]",
                condition_words(bench, one.get("when")) or str(_("其余各件")),
                said(one.get("label")) or str(one.get("code") or ""),
                str(one.get("code") or ""),
            )
            for index, one in enumerate(elements(archive, "unit_codes"))
        ],
    }


def _volume(archive: Definition, retention: str) -> str:
    day = today()
    parts = {
        "fonds": str(archive.get("fonds_default") or "0000"),
        "category": str(archive.get("category_code") or ""),
        "retention": retention,
        "unit": "CD",
        "year": str(day.year),
    }
    try:
        return number({"pattern": str(archive.get("volume_number") or ""), "key": ""}, day, 1, parts)
    except PolicyInvalid:
        return ""


def draw_case_type(bench: Bench) -> dict[str, Any]:
    """How a case of this type comes to be, in words, and which field fills which column."""
    case_type, place = table(bench.value), f"{bench.element}.register"
    register = table(case_type.get("register"))
    stages = {one.key: one.label for one in bench.known.offers.kind("stages", (bench.section.name,))}
    labels = {one.key: one.label for one in bench.known.offers.fields}
    offers = bench.known.offers
    return {
        "register_place": place,
        "who": [person(bench, one) for one in register.get("who") or () if isinstance(one, Mapping)],
        "form": _named(bench, "forms", register.get("form")),
        "workflow": _workflow(bench, case_type.get("workflow")),
        "number": _named(bench, "numbering", case_type.get("number")),
        "goals": [
            (
                stages.get(str(one.get("go")), str(one.get("go") or "")),
                condition_words(bench, one.get("when")),
            )
            for one in branches(register.get("to"))
        ],
        "registered": [
            effect_words(bench, one, place)
            for one in register.get("effects") or ()
            if isinstance(one, Mapping)
        ],
        "columns": [
            (str(COLUMNS.get(name, name)), labels.get(str(register_field), str(register_field)))
            for name, register_field in {
                **dict.fromkeys(COLUMNS, ""),
                **table(register.get("columns")),
            }.items()
        ],
        "several": len(offers.kind("case_types")) > 1,
    }


COLUMNS: Mapping[str, Any] = {
    "title": _l("事由"),
    "summary": _l("内容摘要"),
    "category": _l("类别"),
    "channel": _l("方式"),
    "received_at": _l("收到时间"),
}


def _named(bench: Bench, kind: str, key: Any) -> tuple[str, str] | None:
    if not key:
        return None
    labels = {one.key: one.label for one in bench.known.offers.kind(kind)}
    return labels.get(str(key), str(key)), bench.address(f"{kind}[{key}]")


def _workflow(bench: Bench, key: Any) -> tuple[str, str] | None:
    found = _named(bench, "workflows", key)
    return (found[0] if found[0] != key else str(_("流程 %(key)s", key=key)), found[1]) if found else None


def draw_policy(bench: Bench) -> dict[str, Any]:
    """The policy's head as a cover sheet."""
    head = table(bench.value)
    shown = ("title", "document_number", "issued_by", "effective_on", "prepared_by", "reviewed_by")
    return {
        "head": head,
        "facts": facts(
            bench, "policy", head, "policy", without=(*shown, "approved_by", "basis_note", "key", "calendar")
        ),
        "calendar": _calendar(head),
        "counted": [
            (place_words(bench.definition, one), bench.address(one))
            for one in counted_by_calendar(bench.definition)
        ],
        "signatures": [
            (_("编制"), head.get("prepared_by")),
            (_("审核"), head.get("reviewed_by")),
            (_("批准"), head.get("approved_by")),
        ],
        "attached": [name_of(one) for one in elements(head, "supplements")],
    }


def _calendar(head: Definition) -> tuple[str, str]:
    """The work calendar by its name, and its page."""
    record = WorkCalendarRecord.objects(id=str(head.get("calendar") or "")).only("name").first()
    if record is None:
        return str(head.get("calendar") or ""), ""
    return said(record.name), url_for("calendars.year", key=record.id, year=today().year)


def draw_migrations(bench: Bench) -> dict[str, Any]:
    """What was renamed or merged, in words."""
    return {"migrations": [_migration(bench, one) for one in elements(bench.definition, "migrate")]}


def _migration(bench: Bench, one: Definition) -> tuple[str, str, bool]:
    place = f"migrate[{one.get('key')}]"
    within = str(_("（在 %(where)s 中）", where=one["in"])) if one.get("in") else ""
    old, new = str(one.get("from") or "?"), str(one.get("to") or "?")
    if one.get("merge"):
        kind = spoken(MERGED.get(str(one["merge"]))) or str(one["merge"])
        words = _("%(kind)s“%(old)s”并入“%(new)s”", kind=kind, old=old, new=new)
    else:
        kind = spoken(RENAMED.get(str(one.get("rename")))) or str(one.get("rename") or "?")
        words = _("%(kind)s“%(old)s”更名为“%(new)s”", kind=kind, old=old, new=new)
    return bench.address(place), f"{words}{within}", place == bench.element
