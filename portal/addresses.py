"""What addresses carry 地址参数: no character that the database cannot look for."""

from __future__ import annotations

from flask import Flask, abort, request


def prepare_addresses(app: Flask) -> None:
    """Refuse what nobody types, before anything is asked with it."""
    app.before_request(_without_nul)


def _without_nul() -> None:
    if any("\0" in value for value in request.args.values()):
        abort(400)
