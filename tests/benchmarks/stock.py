"""What ours is measured against: Flask-Admin's stock mongoengine view, and a bare query and template."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask, render_template, request
from flask_admin import Admin
from flask_admin.contrib.mongoengine import ModelView
from flask_babel import Babel
from mongoengine import DateTimeField, Document, StringField

from documents.complaint import Complaint
from documents.queries import COLUMNS, Page
from portal.case_filters import Asked, Choices
from portal.case_rows import ShownRow


class Plain(Document):
    """The same collection as a newcomer would map it."""

    number = StringField()
    title = StringField()
    summary = StringField()
    stage = StringField()
    status = StringField()
    received_at = DateTimeField()

    meta = {"collection": "complaints", "strict": False, "auto_create_index": False}


class StockView(ModelView):
    """The list that Flask-Admin gives without further words."""

    column_list = ("number", "title", "stage", "status", "received_at")
    column_searchable_list = ("title", "summary")
    column_default_sort = ("received_at", True)
    page_size = 50


def stock_app() -> Flask:
    """A Flask application with nothing but the stock view."""
    app = Flask("stock")
    app.secret_key = "bench"
    Babel(app)  # without it every page of Flask-Admin is an error where flask-babel is installed
    Admin(app, url="/admin").add_view(StockView(Plain, endpoint="plain"))
    return app


def add_bare_page(app: Flask) -> None:
    """`/bare`: a bare pymongo query and the template of our list; no rights, counts, names, deadlines."""
    app.add_url_rule("/bare", "bare", bare_page)


def bare_page() -> str:
    """Fifty rows from the database, straight into the template."""
    asked = Asked({})
    rows = (
        Complaint.collection()
        .find(_condition(), list(COLUMNS))
        .sort([("received_at", -1), ("_id", -1)])
        .limit(50)
    )
    shown = [_shown(row) for row in rows]
    page = Page(rows=(), next="x", previous=None, counted=50, capped=False)
    return render_template(
        "cases/list.html",
        **{"asked": asked, "page": page, "rows": shown, "offered": Choices([], [], [], [], []), "pills": []},
        **{"statuses": (), "dues": (), "sorts": (), "may_export": True, "may_register": True},
    )


def _condition() -> dict[str, Any]:
    """What the address asks for: a unit, a stage, everything before a moment."""
    condition: dict[str, Any] = {"scope": request.args.get("scope", "t:QH")}
    if "stage" in request.args:
        condition["stage"] = request.args["stage"]
    if "before" in request.args:
        condition["received_at"] = {"$lte": datetime.fromisoformat(request.args["before"])}
    return condition


STAGE = {"key": "x", "label": {"zh": "办理答复", "en": "Handling"}, "tone": "blue", "status": "open"}


def _shown(row: Any) -> ShownRow:
    return ShownRow(row, STAGE, "投诉", "收费", row["units"]["received"], row.get("handler", ""), None)
