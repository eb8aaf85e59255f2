"""Who has seen 谁看过: a case, or one protected field of it – who, when and by which way."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, time, timedelta
from io import StringIO
from typing import Any

from flask import Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from admin_views.base import Page, guarded
from admin_views.history import acting_words, actors, names, verb_words
from admin_views.phrases import listed
from admin_views.standing import (
    EVERY_CLASS,
    may_do,
    me,
    my_reach,
    newest_policies,
    now,
    readers_of_all,
    reads_all_classes,
    said,
    zone,
)
from documents import audit, blind_index
from documents.complaint import Complaint, among
from documents.kept_back import refusing, telling
from documents.rules.access import PUBLIC
from documents.rules.durations import written_day
from documents.rules.fields import fields_of, members
from documents.rules.revealing import in_table, name_in
from documents.rules.trail import UNREADABLE, words_digest
from documents.sight import NUMBER, Sight, number_in, sight_of
from documents.who_has_seen import LISTS, PAGE, REVEALS, SEEING, WHOLE, Asked, seen, viewers

Row = Mapping[str, Any]
LONGEST = 60
MOST_CASES = 20
MOST_EXPORTED = 20_000
ADMINISTER = "administer"
ASKED = ("what", "field", "by", "way", "since", "until")
WAYS: dict[str, Any] = {
    "page": _l("投诉页面"),
    "step": _l("办理步骤"),
    "reveal": _l("查看完整内容"),
    "confidence": _l("知悉名单"),
    "later": _l("补充材料"),
    "message": _l("发件内容"),
    "watch": _l("督办清单"),
    "supervision": _l("督办"),
    "desk": _l("工作台"),
    "timers": _l("提醒"),
    "clock": _l("时钟与任务"),
    "outbox": _l("发件箱"),
    "people": _l("人员"),
    "inspections": _l("四性检测"),
    "opinions": _l("接收意见"),
    "loan": _l("借阅"),
    "register": _l("登记册"),
    "handover": _l("移交与接收登记表"),
    "handover_list": _l("移交清单"),
    "filing": _l("归档清单"),
    "filing_batch": _l("归档批次"),
    "report": _l("报表所含投诉"),
    "hold": _l("冻结清单"),
    "destruction": _l("销毁清册"),
    "due": _l("到期清单"),
    "shelf": _l("案卷目录"),
    "spines": _l("案卷脊背"),
    "lookup": _l("编号查找"),
    "value": _l("填写时引用"),
    "similar": _l("相似投诉"),
}
HEAD = (_l("时间"), _l("查看人"), _l("途径"), _l("受保护字段"), _l("对象"))


@dataclass(frozen=True)
class Question:
    """What is asked, and of how much the answer may tell 查询: an empty one says why it is empty."""

    asked: Asked
    by_number: bool = False
    there: bool = False  # the case of this number, or some that hold the words, about which he may ask
    narrowed: bool = False

    @property
    def blind(self) -> bool:
        """Whether the person asks by words, and sees no case: only who searched for them can be told."""
        return not self.by_number and not my_reach().posts

    @property
    def cut(self) -> bool:
        """Whether more cases hold the words than were asked about."""
        return not self.by_number and len(self.asked.cases) >= MOST_CASES


class SeenView(Page):
    """谁看过: administrators ask about every number, who reads all classes about the cases in his sight."""

    icon = "eye"

    def is_accessible(self) -> bool:
        """Whether the person may ask at all."""
        return super().is_accessible() or bool(current_user.is_authenticated and reads_all_classes())

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Who has seen what is asked for; asking is noted too."""
        given = {name: request.args.get(name, "").strip()[:LONGEST] for name in ASKED}
        if not given["what"]:
            return self.render("admin/seen.html", given=given, question=None, **self._choices())
        question = asked_for(given)
        asked = question.asked
        page = seen(asked, request.args.get("after", "")[:80])
        self._note("ask_seen", given, asked)
        return self.render(
            "admin/seen.html",
            given=given,
            question=question,
            rows=lines_of(page.rows),
            next=page.next,
            people=people_of(asked),
            **self._choices(),
        )

    @expose("/export")
    def export(self) -> ResponseReturnValue:
        """The same as a table."""
        if not may_do(ADMINISTER, "export"):
            abort(403)
        given = {name: request.args.get(name, "").strip()[:LONGEST] for name in ASKED}
        asked = asked_for(given).asked
        rows = lines_of(seen(asked, size=MOST_EXPORTED).rows) if given["what"] else []
        self._note("export", given, asked, rows=len(rows))
        text = StringIO()
        writer = csv.writer(text)
        writer.writerow([str(title) for title in HEAD])
        for one in rows:
            cells = (one["at"].isoformat(), one["who"], one["way"], one["fields"], one["about"])
            writer.writerow([guarded(cell) for cell in cells])
        name = f"seen-{now():%Y%m%d}.csv"
        headers = {"Content-Disposition": f"attachment; filename={name}"}
        return Response(text.getvalue().encode("utf-8-sig"), mimetype="text/csv", headers=headers)

    def _note(self, verb: str, given: Mapping[str, str], asked: Asked, **facts: Any) -> None:
        told = {"words": asked.words} if asked.words else {"number": given["what"]}
        audit.note(verb, self.endpoint, by=me().id, at=now(), field=given["field"], **told, **facts)

    def _choices(self) -> dict[str, Any]:
        return {
            "fields": sorted(field_words().items(), key=lambda pair: pair[1]),
            "ways": [(verb, verb_words(verb)) for verb in SEEING],
            "every_number": may_do(ADMINISTER),
            "may_export": may_do(ADMINISTER, "export"),
            "readers": listed([said(role["label"]) for role in readers_of_all()]),
        }


def asked_for(given: Mapping[str, str]) -> Question:
    """What the form asks; a number is a case, anything else is searched among the cases in one's sight."""
    what = given["what"]
    plain = Asked(
        field=given["field"],
        by=given["by"],
        way=given["way"],
        since=_moment(given["since"], 0),
        before=_moment(given["until"], 1),
    )
    narrowed = any(given[name] for name in ASKED if name != "what")
    number = number_in(what)
    cases = _askable(number) if number else []
    # A number of an odd shape that he may not know of is answered as the words that it might be.
    if cases or NUMBER.match(number.upper()) or not what:
        there = bool(cases) and Complaint.objects(number=number).only("id").first() is not None
        return Question(replace(plain, cases=cases), by_number=True, there=there, narrowed=narrowed)
    sight = sight_of(me())
    condition = {"$and": [sight.words_condition(what), _of_mine(sight)]}
    found = Complaint.collection().find(condition, {"number": 1}).sort("_id", -1).limit(MOST_CASES)
    cases = [row["number"] for row in found]
    # Before the keys of the data, the secret of the house was the key of these digests.
    earlier = words_digest(str(current_app.config["SECRET_KEY"]), what)
    digests = (blind_index.searched(what), earlier) if cases or may_do(ADMINISTER) else ()
    return Question(replace(plain, cases=cases, words=digests), there=bool(cases), narrowed=narrowed)


def _askable(number: str) -> list[str]:
    """The case; as if there were none when the person may not ask about it: out of sight, recused, kept.

    An administrator asks about every other number, also about that of a case which is no more.
    """
    if may_do(ADMINISTER):
        return [] if refusing([number], me().id) else [number]
    return sorted(among([number], _of_mine(sight_of(me()))))


def _of_mine(sight: Sight) -> dict[str, Any]:
    """The cases that the person sees; of who is no administrator those of which he reads all classes."""
    return sight.condition() if may_do(ADMINISTER) else sight.reading(EVERY_CLASS)


def _moment(text: str, later_days: int) -> datetime | None:
    day = written_day(text)
    return datetime.combine(day + timedelta(later_days), time(0), zone()) if day else None


def field_words() -> dict[str, str]:
    """Every protected field of the policies in force, by its key."""
    found: dict[str, str] = {}
    for view in newest_policies():
        for form in view.forms():
            for one in fields_of(form):
                if one.get("class", PUBLIC) != PUBLIC:
                    found.setdefault(str(one["key"]), said(one["label"]))
                for column in (in_table(each, one) for each in members(one, "fields")):
                    if column["class"] != PUBLIC:
                        found.setdefault(name_in(one, column), _of_column(one, column))
    return found


def _of_column(table: Any, column: Any) -> str:
    return f"{said(table['label'])} · {said(column['label'])}"


def lines_of(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The entries in words."""
    known = names(who for row in rows for who in actors(row["by"], row.get("facts") or {}))
    labels = field_words()
    told = telling(rows, me().id, my_reach() if len(rows) <= PAGE else None)
    return [_line({**row, "facts": told.facts(row) or {}}, _who(row, known), labels) for row in rows]


def _who(row: Row, known: Mapping[str, str]) -> str:
    return acting_words(known, row["by"], (row.get("facts") or {}).get("instead_of"))


def _line(row: Row, who: str, labels: Mapping[str, str]) -> dict[str, Any]:
    facts, verb = row["facts"], row["verb"]
    shown = listed([labels.get(one, one) for one in _named(facts, "fields")])
    if UNREADABLE in facts:
        shown = str(_("内容不能核验"))
    if verb in WHOLE and "cases" not in facts:
        shown = str(_("整份文件"))
    return {
        "id": row["_id"],
        "at": row["at"],
        "by": row["by"],
        "who": who,
        "way": str(WAYS.get(facts.get("way", ""), verb_words(verb))),
        "fields": shown,
        "about": _about(row, facts),
    }


def _named(facts: Row, name: str) -> list[str]:
    """The keys or numbers that an entry names; what is no list names none."""
    found = facts.get(name)
    return list(found) if isinstance(found, list | tuple) else []


def _about(row: Row, facts: Row) -> str:
    if row["verb"] in LISTS:
        return str(_("%(count)s 件的清单", count=len(_named(facts, "cases"))))
    if row["verb"] in REVEALS:
        return f"{row['subject']} {facts.get('reason', '')}".strip()
    return str(facts.get("file") or facts.get("letter") or row["subject"])


def people_of(asked: Asked) -> list[dict[str, Any]]:
    """The people who have seen it, with their names."""
    found = viewers(asked)
    known = names(one.person for one in found)
    return [{"name": known.get(one.person, one.person), **asdict(one)} for one in found]
