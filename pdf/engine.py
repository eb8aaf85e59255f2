"""WeasyPrint on a short lead: our own HTML, assets from memory, one font set and style sheet a process."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import uharfbuzz
from weasyprint import CSS, HTML
from weasyprint.document import Document
from weasyprint.logger import LOGGER
from weasyprint.text.ffi import pango
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from pdf.fonts import digests, prepare
from pdf.imprints import Imprint, described
from pdf.lean import read_in_place
from pdf.wording import beijing

TEMPLATES = Path(__file__).parent / "templates"
FLAVOUR = "pdf/a-2u"
RDF_END = b"</rdf:RDF>"
LIBRARIES = ("weasyprint", "pydyf", "fonttools", "pikepdf", "pillow", "pypdfium2")

Assets = Mapping[str, tuple[str, bytes]]  # "asset:…" → media type and bytes


class PaperNotRendered(RuntimeError):
    """A paper could not be made; the reason is the message."""


class AssetFetcher(URLFetcher):
    """Hands out what lies in memory and nothing else: no file, no network, no data: address."""

    def __init__(self, assets: Assets) -> None:
        super().__init__(allowed_protocols=("asset",), allow_redirects=False, fail_on_errors=True)
        self._assets = assets

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        if url not in self._assets:
            raise FatalURLFetchingError(f"not on the list of assets: {url[:80]}")
        media_type, body = self._assets[url]
        return URLFetcherResponse(url, body, {"Content-Type": media_type})


def lay_out(
    html: str, *, sheets: tuple[str, ...] = ("paper",), assets: Assets | None = None, first_page: int = 1
) -> Document:
    """Break our own HTML into pages, numbered from ``first_page``."""
    fetcher = AssetFetcher(assets or {})
    with _errors_are_failures():
        page = HTML(string=html, url_fetcher=fetcher, base_url="asset:")
        styles = [_style(name) for name in sheets]
        if first_page != 1:
            styles.append(CSS(string=f"@page :first {{ counter-set: page {first_page} }}"))
        return page.render(font_config=_fonts(), stylesheets=styles)


def seal(document: Document, imprint: Imprint, *, flavour: str = FLAVOUR, page_labels: str = "") -> bytes:
    """Write the pages as PDF/A bytes that are the same each time."""
    moment = beijing(imprint.made_at).isoformat(timespec="seconds")
    metadata = document.metadata
    metadata.title, metadata.authors, metadata.description = imprint.title, [imprint.author], imprint.subject
    metadata.created = metadata.modified = moment
    metadata.lang = "zh-CN"
    plain = metadata.generate_rdf_metadata

    def rdf(*what: Any) -> bytes:
        written: bytes = plain(*what)
        return written.replace(RDF_END, described(imprint.facts, _made_with()) + RDF_END)

    def finish(_document: Document, pdf: Any) -> None:
        if page_labels:
            pdf.catalog["PageLabels"] = page_labels

    metadata.generate_rdf_metadata = rdf
    with _errors_are_failures():
        content = document.write_pdf(finisher=finish, pdf_variant=flavour, pdf_identifier=imprint.identifier)
    if not content:
        raise PaperNotRendered("WeasyPrint wrote no bytes")
    return bytes(content)


@cache
def _made_with() -> tuple[str, ...]:
    """Everything of which another version may give other bytes 制作环境."""
    libraries = [f"{name} {version(name)}" for name in LIBRARIES]
    shaping = [f"pango {pango.pango_version()}", f"harfbuzz {uharfbuzz.version_string()}"]
    typefaces = [f"{name} sha256:{digest}" for name, digest in digests().items()]
    return (*libraries, *shaping, *typefaces)


@cache
def _fonts() -> FontConfiguration:
    prepare()
    read_in_place()
    return FontConfiguration()


@cache
def _style(name: str) -> CSS:
    text = (TEMPLATES / f"{name}.css").read_text(encoding="utf-8")
    return CSS(string=text, font_config=_fonts(), url_fetcher=AssetFetcher({}))


class _Complaints(logging.Handler):
    """WeasyPrint only logs a missing image or a broken rule; on official paper that is a failure."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def _errors_are_failures() -> Iterator[None]:
    complaints = _Complaints()
    LOGGER.addHandler(complaints)
    try:
        yield
    except FatalURLFetchingError as error:  # a BaseException: it would fly past every `except Exception`
        raise PaperNotRendered(str(error)) from error
    finally:
        LOGGER.removeHandler(complaints)
    if complaints.messages:
        raise PaperNotRendered("; ".join(complaints.messages))
