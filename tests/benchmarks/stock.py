"""What ours is measured against: Flask-Admin's stock mongoengine view, and a bare query and template."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_admin import Admin
from flask_admin.contrib.mongoengine import ModelView
from flask_babel import Babel
from jinja2 import Template
from mongoengine import DateTimeField, Document, StringField

from documents.complaint import Complaint

BARE = Template(
    "<table>{% for row in rows %}<tr><td>{{ row.number }}</td><td>{{ row.title }}</td>"
    "<td>{{ row.stage }}</td><td>{{ row.received_at }}</td><td>{{ row.next_due }}</td></tr>"
    "{% endfor %}</table>"
)
SHOWN = ["number", "title", "stage", "status", "received_at", "next_due", "units", "handler"]


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


def bare_page(condition: dict[str, Any], *, skip_to: dict[str, Any] | None = None, size: int = 50) -> str:
    """The bare pymongo query over the same index and a template of five columns."""
    wanted = {"$and": [condition, skip_to]} if skip_to else condition
    rows = Complaint.collection().find(wanted, SHOWN).sort([("received_at", -1), ("_id", -1)]).limit(size)
    return BARE.render(rows=list(rows))
