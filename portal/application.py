"""The application 应用: settings in, a ready Flask application out."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from admin_views import mount
from documents import server_clock, virus_scans
from documents.quiet_logs import keep_words_out
from documents.rules.sign_ins import LONGEST_MOST
from jobs import queues, scratch
from portal.assets import prepare_assets
from portal.data_key import open_database
from portal.errors import prepare_errors
from portal.forms.page import draft_page
from portal.forms.shared import SHARED
from portal.headers import prepare_headers
from portal.language import prepare_language
from portal.layout import prepare_layout
from portal.pace import prepare_pace
from portal.reading import prepare_reading
from portal.session_time import prepare_sessions
from portal.settings import Settings
from portal.signing_in import prepare_signing_in
from portal.uploading import prepare_room
from portal.views import BLUEPRINTS
from portal.words import prepare_words

MEGABYTE = 1024 * 1024


class ShortNumber(IntegerConverter):
    """A number in an address, of nine digits at most: the database takes no number without end."""

    regex = r"\d{1,9}"


def create_app(settings: Settings | None = None) -> Flask:
    """The portal, connected to its database and ready to serve."""
    keep_words_out()
    settings = settings or Settings.from_environment()
    open_database(settings)
    scratch.use(settings.scratch_folder)
    return assemble(settings)


def assemble(settings: Settings) -> Flask:
    """The portal on the database that is connected already."""
    app = Flask("portal", static_folder="static")
    app.url_map.converters["int"] = ShortNumber
    app.config.from_mapping(configuration(settings))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["settings"] = settings
    if settings.proxies:
        trust_proxies(app, settings.proxies)
    # Signing in comes before the token check, so that a form sent too late is asked for again, not refused.
    for prepare in (prepare_sessions, prepare_pace, prepare_signing_in, CSRFProtect, prepare_language):
        prepare(app)
    for prepare in (prepare_headers, prepare_words, prepare_assets, prepare_layout):
        prepare(app)
    for prepare in (prepare_errors, prepare_room, prepare_reading):
        prepare(app)
    queues.connect(settings.redis_url)
    virus_scans.use(settings.clamd)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if settings.provider:
        import_module("portal.provider").prepare_provider(app)
    app.extensions["form_page"] = draft_page
    app.extensions["shared_form"] = SHARED
    mount(app)
    return app


def trust_proxies(app: Flask, count: int) -> None:
    """Believe our own web servers who asks and whether over HTTPS 反向代理; the host nobody may rewrite."""
    proxied = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0, x_port=0, x_prefix=0)
    app.wsgi_app = proxied  # type: ignore[method-assign]


def configuration(settings: Settings) -> dict[str, object]:
    """Flask's own settings, following from ours."""
    return {
        "SECRET_KEY": settings.secret_key,
        "REDIS_URL": settings.redis_url,
        "ZONE": settings.zone,
        "SMTP_URL": settings.smtp_url,
        "PLAIN_HOSTS": settings.plain_hosts,
        "DATA_FOLDER": settings.data_folder,
        "FIXITY_DAYS": settings.fixity_days,
        "COPY_FOLDER": settings.copy_folder,
        "CLOCK": server_clock.now,
        "FORCES_SECOND_FACTOR": settings.forces_second_factor,
        "TRUSTED_HOSTS": settings.trusted_hosts,
        "REQUESTS_A_MINUTE": settings.requests_a_minute,
        "MAX_CONTENT_LENGTH": 60 * MEGABYTE,
        "MAX_FORM_MEMORY_SIZE": 4 * MEGABYTE,
        "MAX_FORM_PARTS": 4_000,
        "SESSION_COOKIE_NAME": "juanzong",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.base_url.startswith("https:"),
        # How long a sign-in lasts is kept with the sign-in; the cookie only must not end before it.
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=LONGEST_MOST),
        # A draft saved in the background must not send back a cookie from before the step it overtook.
        "SESSION_REFRESH_EACH_REQUEST": False,
        "WTF_CSRF_TIME_LIMIT": None,  # a form may stay open all day; its token dies with the sign-in
    }
