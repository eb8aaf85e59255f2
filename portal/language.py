"""The language 语言 of a page: Chinese unless the person chose English."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, session
from flask_babel import Babel, Domain, get_locale
from flask_login import current_user

CATALOGUES = Path(__file__).parent / "translations"
LOCALES = {"zh": "zh_Hans_CN", "en": "en"}


class TextCatalogues(Domain):
    """Translations read from the .po files themselves: nothing to compile, nothing to forget."""

    def get_translations(self) -> NullTranslations:
        """The catalogue of the page's language; the Chinese msgids are their own translation."""
        locale = str(get_locale())
        if locale not in self.cache:
            self.cache[locale] = catalogue(locale)
        return self.cache[locale]


def catalogue(locale: str) -> NullTranslations:
    """The translations of a locale, of all its files together; none for Chinese."""
    files = sorted((CATALOGUES / locale / "LC_MESSAGES").glob("*.po"))
    if not files:
        return NullTranslations()
    together = Catalog(locale=locale)
    for file in files:
        with file.open("rb") as source:
            for message in read_po(source, locale=locale):
                if message.id:
                    together[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, together)
    compiled.seek(0)
    return Translations(compiled)


def prepare_language(app: Flask) -> None:
    """Let every page speak the person's language, and show times in the organisation's zone."""
    babel = Babel(
        app,
        default_locale=LOCALES["zh"],
        default_timezone=app.config["ZONE"],
        locale_selector=lambda: LOCALES[language()],
    )
    babel.domain_instance = TextCatalogues()
    app.add_template_global(language, "language")
    app.add_template_filter(said)


def language() -> str:
    """The language of this page: "zh" or "en"; asked hundreds of times a page, so looked up once."""
    if "language" not in g:
        chosen = current_user.language if current_user.is_authenticated else session.get("language")
        g.language = chosen if chosen in LOCALES else "zh"
    return str(g.language)


def said(text: Any) -> str:
    """A bilingual text of the policy in the language of the page."""
    if not text:
        return ""
    if isinstance(text, str):
        return text
    return str(text.get(language()) or text.get("zh") or "")
