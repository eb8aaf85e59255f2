"""Style sheets, scripts and icons 静态文件 under an address that changes with their content."""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import quote

from flask import Blueprint, Flask, Response, send_from_directory, url_for

FOLDER = Path(__file__).parent / "static"
A_YEAR = 365 * 24 * 3600

assets = Blueprint("assets", __name__)


def content_version(folder: Path = FOLDER) -> str:
    """A digest over every file: one changed byte gives every file a new address."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def prepare_assets(app: Flask) -> None:
    """Serve the files and let pages name them with `asset('css/base.css')`."""
    app.config["ASSETS_VERSION"] = content_version()
    app.register_blueprint(assets)
    app.add_template_global(lambda path: asset_address(app, path), "asset")


def asset_address(app: Flask, path: str) -> str:
    """The address of a file in its present version; scripts import each other relative to it."""
    return url_for("assets.asset", version=app.config["ASSETS_VERSION"], path=path)


@assets.get("/assets/<version>/<path:path>")
def asset(version: str, path: str) -> Response:
    """A file; the version only keeps caches honest."""
    response = send_from_directory(FOLDER, path, max_age=A_YEAR)
    response.cache_control.immutable = True
    response.headers["Asset-Version"] = quote(version[:80])  # an address may hold what no header can
    return response
