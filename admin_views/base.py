"""What every screen of the administration shares 管理页面: who may open it, and the doors that stay shut.

Flask-Admin's own ways to create, edit and delete know no action, no scope and no audit entry, and its file
door serves any stored file. They are not built: each is overridden by None, so that it has no address.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from io import StringIO
from typing import Any, ClassVar

from flask import Response, abort, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import BaseView
from flask_admin.contrib.mongoengine import ModelView
from flask_admin.contrib.mongoengine.filters import BaseMongoEngineFilter
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from mongoengine import QuerySet, ValidationError
from werkzeug.exceptions import NotFound

from admin_views.standing import may_do, me, now, zone
from admin_views.words import refusal
from documents import audit
from documents.rules import cells
from documents.rules.broken import RuleBroken
from documents.rules.durations import written_day
from documents.rules.own_addresses import is_own

Choices = Sequence[tuple[Any, Any]] | Callable[[], Sequence[tuple[Any, Any]]]
MOST_COUNTED = 1_000
OWN = frozenset({"csrf_token", "form_owner"})  # what every form carries anyway

# The headings of the side menu, in order.
GROUPS: dict[str, Any] = {
    "watch": _l("督办与任务"),
    "archive": _l("归档与报表"),
    "organisation": _l("组织"),
    "policy": _l("制度"),
    "running": _l("运行"),
}


class Page(BaseView):
    """A page of the administration; `operations` names what a role must grant, one of them suffices."""

    operations: ClassVar[tuple[str, ...]] = ("administer",)
    group: ClassVar[str] = "running"
    icon: ClassVar[str] = "right"
    menu_entry: ClassVar[str] = "admin"

    def is_accessible(self) -> bool:
        """Whether the person may open the page at all."""
        return bool(current_user.is_authenticated) and may_do(*self.operations)

    def create_blueprint(self, admin: Any) -> Any:
        """The page's addresses; a refusal of an action is shown where it happened."""
        blueprint = super().create_blueprint(admin)
        blueprint.register_error_handler(RuleBroken, refused)
        return blueprint

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin calls a view a second time when it raised TypeError; an action must not run twice.
        return fn(self, *args, **kwargs)

    def render(self, template: str, **kwargs: Any) -> str:
        """The page in our frame, with the side menu."""
        # Flask-Admin hands its own theme to the template; ours is the person's choice of light or dark.
        self._template_args["theme"] = me().theme
        return str(super().render(template, side_menu=self._side_menu(), **kwargs))

    def address(self) -> str:
        """Where the page begins."""
        return str(self.get_url(f"{self.endpoint}.{self._default_view}"))

    def _side_menu(self) -> list[tuple[Any, list[Page]]]:
        pages = [one for one in self.admin._views if isinstance(one, Page) and one.is_visible()]
        mine = [page for page in pages if page.is_accessible()]
        groups = [(label, [page for page in mine if page.group == key]) for key, label in GROUPS.items()]
        return [(label, members) for label, members in groups if members]


def confirmation(page: Page, words: str, label: str) -> str | None:
    """A page that asks before something grave is done, unless the answer was given already.

    The dialog of the browser answers in the same request; where no script runs, this page asks.
    """
    if request.form.get("confirmed") == "yes":
        return None
    sent = [(name, value) for name, value in request.form.items(multi=True) if name not in OWN]
    return page.render("admin/confirm.html", words=words, label=label, sent=sent)


@dataclass
class Unfinished:
    """What a refusal shows again 未完成的表单: the page with everything that was typed."""

    page: Page
    template: str
    given: dict[str, Any] = field(default_factory=dict)

    def shown(self, problem: str | None = None) -> str:
        """The page, with what is wrong with it."""
        return self.page.render(self.template, problem=problem, **self.given)


def refused(error: RuleBroken) -> ResponseReturnValue:
    """A refusal in words: on the form that was sent when there is one, else on a page of its own."""
    code = refusal(error)
    if "unfinished_form" in g:
        return g.unfinished_form.shown(code.message), code.status
    if code.status == 404:
        # Raised here it would fly past every handler: this already is one.
        missing: ResponseReturnValue = current_app.handle_http_exception(NotFound())
        return missing
    return render_template("errors/refused.html", message=code.message, code=error.code), code.status


def keep_form(page: Page, template: str, /, **given: Any) -> Unfinished:
    """Remember the form of this request, so that a refusal shows it again."""
    g.unfinished_form = Unfinished(page, template, given)
    kept: Unfinished = g.unfinished_form
    return kept


class ListFilter(BaseMongoEngineFilter):
    """One filter of a list 筛选项: a choice, a day, or a text; choices are read when the bar is drawn."""

    def __init__(self, column: str, name: Any, choices: Choices = (), *, kind: str = "text") -> None:
        super().__init__(column, name, data_type=kind)
        self.choices = choices

    def offered(self) -> list[tuple[str, str]]:
        """What may be chosen; empty for a free text."""
        found = self.choices() if callable(self.choices) else self.choices
        return [(str(key), str(label)) for key, label in found]

    def apply(self, query: QuerySet, value: Any) -> QuerySet:
        """Narrow the list to this value."""
        return query.filter(**{self.column: value})

    def operation(self) -> str:
        """What the filter does."""
        return "is"


class DayFilter(ListFilter):
    """From a day on, or up to a day 起止日期; `column` ends in __gte or __lt."""

    def __init__(self, column: str, name: Any) -> None:
        super().__init__(column, name, kind="date")

    def clean(self, value: str) -> datetime:
        """The beginning of the day; for an end, that of the day after."""
        day = written_day(value)
        if day is None:
            raise ValueError(value)
        day += timedelta(days=self.column.endswith("__lt"))
        return datetime.combine(day, time(0), zone())


class RecordList(Page, ModelView):
    """A list of records with details: searched, filtered, paged, exported – never written."""

    can_create = can_edit = can_delete = can_view_details = False
    can_export = False
    can_set_page_size = False
    action_disallowed_list = ("delete",)
    create_view = edit_view = delete_view = action_view = None
    ajax_lookup = ajax_update = api_file_view = action_delete = None

    page_size = 50
    export_max_rows = 10_000
    export_types = ("csv",)
    list_template = "admin/list.html"
    details_template = "admin/details.html"
    search_hint: ClassVar[Any] = _l("搜索")
    empty_words: ClassVar[Any] = _l("没有符合条件的记录。")

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin sends the browser to the `url` that an address brings along, line breaks and all.
        if not is_own(request.args.get("url") or "/"):
            abort(404)
        return super()._run_view(fn, *args, **kwargs)

    def render(self, template: str, **kwargs: Any) -> str:
        """The list with its filter bar, or a record's details."""
        if template == self.list_template:
            kwargs["filter_bar"] = list(chosen_filters(self))
            kwargs["most_counted"] = MOST_COUNTED
            kwargs["export_args"] = {name: value for name, value in request.args.items() if name != "page"}
            self.note_list(kwargs["data"])
        elif template == self.details_template:
            self.note_details(kwargs["model"])
        return super().render(template, **kwargs)

    def note_list(self, records: Sequence[Any]) -> None:
        """Note who looked at a page of the list 查阅留痕, where it tells of cases or people."""

    def note_details(self, record: Any) -> None:
        """The same for the details of a record."""

    def row_address(self, record: Any) -> str:
        """Where a row leads."""
        return str(self.get_url(".details_view", id=record.pk))

    def row_tone(self, record: Any) -> str:
        """How a row is marked: late, soon, or not at all."""
        return ""

    def details_title(self, record: Any) -> str:
        """What the details are headed."""
        return str(record.pk)

    def search_placeholder(self) -> str:
        """What the search field says while it is empty."""
        return str(self.search_hint)

    def get_empty_list_message(self) -> str:
        """What a list without rows says."""
        return str(self.empty_words)

    def found(self, search: str | None, filters: Any) -> QuerySet:
        """The records that the search and the filters leave."""
        query = self.get_query()
        for position, _name, value in filters or ():
            chosen = self._filters[position]
            query = chosen.apply(query, chosen.clean(value))
        return self._search(query, search) if search and self._search_supported else query

    def get_list(  # type: ignore[no-untyped-def]  # noqa: PLR0913, PLR0917 - Flask-Admin's signature
        self, page, sort_column, sort_desc, search, filters, execute=True, page_size=None
    ) -> tuple[int, QuerySet]:
        """One page of records; the count stops where nobody would page any more."""
        query = self.found(search, filters)
        count = query.limit(MOST_COUNTED + 1).count(with_limit_and_skip=True)
        order = [(sort_column, sort_desc)] if sort_column else self._get_default_order() or []
        size = page_size or self.page_size
        query = query.order_by(*(f"{'-' if down else ''}{column}" for column, down in order))
        return count, query.skip((page or 0) * size).limit(size)

    def get_one(self, id: Any) -> Any:
        """The record, or the page that says there is none."""
        try:
            found = self.get_query().filter(pk=id).first()
        except ValidationError:
            found = None
        return found or abort(404)

    def _get_list_extra_args(self) -> Any:
        chosen = super()._get_list_extra_args()
        if chosen.sort is not None and not 0 <= chosen.sort < len(self._list_columns):
            chosen.sort = None
        chosen.page = max(0, min(chosen.page, MOST_COUNTED // self.page_size))
        chosen.search = (chosen.search or "").replace("\0", "").strip()[:100] or None
        return chosen

    def _get_list_filter_args(self) -> list[Any]:
        filters = super()._get_list_filter_args() or []
        return [one for one in filters if str(one[2]).strip()]

    def get_invalid_value_msg(self, value: str, filter: Any) -> str:
        """What an unreadable filter says."""
        return str(_("筛选“%(name)s”的值无法识别，已忽略。", name=filter.name))

    def _export_csv(self, return_url: str) -> Response:
        _count, records = self._export_data()
        text = StringIO()
        writer = csv.writer(text)
        writer.writerow([str(title) for _name, title in self._export_columns])
        written = 0
        for written, record in enumerate(records, start=1):  # noqa: B007 - the last number is the total
            writer.writerow(
                [guarded(self.get_export_value(record, name)) for name, _ in self._export_columns]
            )
        audit.note("export", self.endpoint, by=me().id, at=now(), rows=written)
        return Response(
            text.getvalue().encode("utf-8-sig"),  # without the mark, spreadsheets guess the encoding wrong
            mimetype="text/csv",
            headers={"Content-Disposition": f"attachment; filename={self.endpoint}-{now():%Y%m%d}.csv"},
        )


def guarded(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula 防公式注入."""
    return cells.guarded("" if value is None else str(value))


def chosen_filters(view: RecordList) -> Iterator[dict[str, Any]]:
    """The filters of a list as the filter bar shows them."""
    args = view._get_list_extra_args().filters or []
    given = {position: value for position, _name, value in args}
    for position, one in enumerate(view._filters or ()):
        yield {
            "name": f"flt{position}_{view.get_filter_arg(position, one)}",
            "label": one.name,
            "options": one.offered(),
            "kind": one.data_type or "text",
            "value": given.get(position, ""),
        }
