"""Reports (报告) on paper: the PDF of what was frozen."""

from __future__ import annotations

from datetime import datetime

from documents.actions import reporting
from documents.report import Report
from documents.report_paper import report_paper
from jobs.making import PaperUnfit, kept, made, store
from pdf import sandbox


def render_report(report: str, now: str) -> str:
    """Render a frozen report and keep it under its digest. Safe to run twice: the first PDF stays."""
    found = Report.get(report)
    if found.state != "frozen" or found.file_id:
        return "nothing to do"
    try:
        pdf = made(lambda: sandbox.shared().paper(report_paper(found)), tries=reporting.begin(report))
    except PaperUnfit as unfit:
        reporting.set_aside(report, str(unfit))
        return "set aside"
    stored = store(pdf, f"{report.replace(':', '-')}.pdf")
    moment = datetime.fromisoformat(now)
    facts = {"file_id": stored.id, "sha256": stored.sha256, "size": stored.size}
    return kept(stored, reporting.attach(report, **facts, now=moment))  # type: ignore[arg-type]
