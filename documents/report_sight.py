"""Of which cases a report tells one by one 逐件载明, and to whom that is closed.

The numbers of a report are for everybody who may open it. What it lists or quotes comes out of single
cases: whoever is recused from one of them, or may not know of it, gets neither its line nor the words.
"""

from __future__ import annotations

from documents.complaint import Complaint, among, kept_from
from documents.policy import view_of
from documents.report import Report
from documents.rules.access import PUBLIC
from documents.rules.figures import condition
from documents.rules.policy_fields import all_fields
from documents.sight import Sight


def named(report: Report) -> set[str]:
    """The cases of which it tells; any that it counts, where nobody wrote down which."""
    if report.listed is None:
        return _counted(report)
    return {*report.listed, *(number for section in report.sections for number in section.cases)}


def fields_of_quotes(report: Report) -> list[str]:
    """The protected fields from which its words may come; a policy of today quotes public ones only."""
    view = view_of(report.policy, report.policy_version)
    quoted = {str(key) for one in view.report(report.key).get("sections", ()) for key in one.get("texts", ())}
    known = all_fields(view.definition)
    return sorted(key for key in quoted if known.get(key, {}).get("class", PUBLIC) != PUBLIC)


def _counted(report: Report) -> set[str]:
    counted = {"$or": [condition(one, report.span) for one in ({}, {"before": True})]}
    return set(Complaint.collection().distinct("number", counted))


def closed(report: Report, sight: Sight) -> set[str]:
    """Which of these the paper must not tell the person; earlier papers say subjects too."""
    asked = named(report)
    refused = kept_from(sight.person, asked)
    return refused if report.listed is not None else refused | (asked - among(asked, sight.condition()))


def withheld(report: Report, person: str) -> set[str]:
    """The sections whose words come out of a case that is kept from the person."""
    if report.listed is None:
        every = {section.key for section in report.sections}
        return every if kept_from(person, named(report)) else set()
    quoted = {number for section in report.sections for number in section.cases}
    refused = kept_from(person, quoted)
    return {section.key for section in report.sections if refused & set(section.cases)}


def told_in_reports(policy: str, unit: str, year: int) -> set[str]:
    """The cases of which the frozen reports of a unit and year tell."""
    found = Report.objects(policy=policy, unit=unit, year=year, state="frozen", file_id__ne=None)
    return {number for report in found for number in named(report)}
