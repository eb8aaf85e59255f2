"""Whether a view notes what it shows, read from its own source: what it calls, and not its whole module."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator
from types import FunctionType
from typing import Any

from flask import Flask

NOTES = re.compile(
    r"\b(audit\.note|note_rows|note_page|note_listed|note_opened|note_anew|note_reading|note_told)\("
    r"|\breading\.(shown|listed)\(|\blending\.open_copy\("
)
OURS = ("admin_views", "portal.views")
# What Flask-Admin's own views call of ours.
HOOKS = {"index_view": "note_list", "details_view": "note_details", "export": "_export_csv"}


def notes(app: Flask, endpoint: str) -> bool:
    """Whether the view, or a function of ours that it calls, writes an entry."""
    return any(NOTES.search(source) for source in _sources(*_view(app, endpoint), set()))


def _view(app: Flask, endpoint: str) -> tuple[Any, Any]:
    """The function of a view, and its page where it is one of Flask-Admin's."""
    name, _, method = endpoint.partition(".")
    pages = {page.endpoint: page for page in app.extensions["admin"][0]._views}
    if name not in pages:
        return inspect.unwrap(app.view_functions[endpoint]), None
    page = type(pages[name])
    found = inspect.unwrap(getattr(page, method))
    ours = found.__module__.startswith(OURS)
    return (found if ours else inspect.unwrap(getattr(page, HOOKS[method]))), page


def _sources(function: Any, page: Any, known: set[Any]) -> Iterator[str]:
    """The source of a function of ours, and of those of ours that it calls."""
    shared = function.__module__ == "admin_views.base" and function.__name__ != "_export_csv"
    if function in known or shared or not str(function.__module__).startswith(OURS):
        return
    known.add(function)
    source = textwrap.dedent(inspect.getsource(function))
    yield source
    module = sys.modules[function.__module__]
    for one in ast.walk(ast.parse(source)):
        if isinstance(one, ast.Call):
            for found in _called(one.func, module, page):
                yield from _sources(found, page, known)


def _called(called: ast.expr, module: Any, page: Any) -> Iterator[Any]:
    """What is called: a function of the module, a method of the page, or of a class of the module."""
    if isinstance(called, ast.Name):
        candidates = [getattr(module, called.id, None)]
    elif isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
        owners = [page] if called.value.id in {"self", "super"} and page else _classes(module)
        candidates = [getattr(owner, called.attr, None) for owner in owners]
    elif isinstance(called, ast.Attribute):
        candidates = [getattr(owner, called.attr, None) for owner in _classes(module)]
    else:
        candidates = []
    yield from (inspect.unwrap(one) for one in candidates if isinstance(one, FunctionType))


def _classes(module: Any) -> list[Any]:
    return [
        one for one in vars(module).values() if inspect.isclass(one) and one.__module__ == module.__name__
    ]
