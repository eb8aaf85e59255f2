"""Ways out 出口: group robots, systems, the SMS gateway and mail; each can be tried with a test message."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.base import Page, confirmation, keep_form
from admin_views.history import past_of
from admin_views.standing import me, now
from admin_views.units import unit_choices
from admin_views.way_forms import form_for, offer_units
from documents.actions import ways
from documents.outbox import OutboxMessage
from documents.rules.telling import MAIL
from documents.rules.ways_out import KINDS
from documents.way_out import WayOut
from jobs.ways_out import secret

LAST_SHOWN = 5


class WaysView(Page):
    """Every way out on one page."""

    icon = "letter"

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """All ways out with what waits and what failed."""
        found = list(WayOut.objects.order_by("kind", "id"))
        return self.render(
            "admin/ways/index.html",
            ways=[(one, missing_secrets(one), standing(one.id)) for one in found],
            mail=(current_app.config["SMTP_URL"], standing(None)),
            kinds=kind_words(),
            tests=list(
                OutboxMessage.objects(id__startswith="test:").order_by("-created_at").limit(LAST_SHOWN)
            ),
        )

    @expose("/new/<kind>", methods=("GET", "POST"))
    def new(self, kind: str) -> ResponseReturnValue:
        """Set a way out up."""
        if kind not in KINDS:
            abort(404)
        form = form_for(kind, request.form or None)
        offer_units(form, unit_choices())
        page = keep_form(self, "admin/ways/way.html", form=form, kind=kind, way=None, kinds=kind_words())
        if request.method == "GET" or not form.validate():
            return page.shown(), 200 if request.method == "GET" else 422
        made = ways.create(form.written(kind), actor=me(), now=now(), plain_hosts=plain_hosts())
        flash(_("已设立出口“%(name)s”，请试发一条。", name=made.name), "good")
        return redirect(self.address())

    @expose("/<key>", methods=("GET", "POST"))
    def show(self, key: str) -> ResponseReturnValue:
        """One way out; sending the form changes it."""
        way = way_or_404(key)
        form = form_for(way.kind, request.form or None, way)
        offer_units(form, unit_choices())
        given = {"form": form, "kind": way.kind, "way": way, "kinds": kind_words()}
        given |= {"missing": missing_secrets(way), "past": past_of(f"way:{key}")}
        page = keep_form(self, "admin/ways/way.html", **given)
        if request.method == "GET" or not form.validate():
            return page.shown(), 200 if request.method == "GET" else 422
        written = {**form.written(way.kind), "id": key}
        ways.save(written, actor=me(), now=now(), plain_hosts=plain_hosts())
        flash(_("已保存：%(name)s", name=written["name"]), "good")
        return redirect(self.get_url(".show", key=key))

    @expose("/<key>/test", methods=("POST",))
    def test(self, key: str) -> ResponseReturnValue:
        """Send a test message."""
        message = ways.send_test(key, request.form.get("to", ""), actor=me(), now=now())
        flash(_("测试消息已排入发送，结果见下方。"), "good")
        return redirect(f"{self.address()}#{message}")

    @expose("/<key>/remove", methods=("POST",))
    def remove(self, key: str) -> ResponseReturnValue:
        """Remove a way out."""
        way = way_or_404(key)
        words = _("删除出口“%(name)s”？等待它发送的消息会转为发送失败。", name=way.name)
        asked = confirmation(self, words, _("删除"))
        if asked:
            return asked
        ways.remove(key, actor=me(), now=now())
        flash(_("已删除出口“%(name)s”。", name=way.name), "good")
        return redirect(self.address())


def way_or_404(key: str) -> WayOut:
    """A way out, or the page that says there is none."""
    found: WayOut | None = WayOut.objects(id=key).first()
    return found or abort(404)


def kind_words() -> dict[str, str]:
    """What the kinds of ways out are called in the language of the page."""
    english = me().language == "en"
    return {key: words[1 if english else 0] for key, words in KINDS.items()}


def plain_hosts() -> frozenset[str]:
    """The hosts that the settings let be asked without encryption."""
    hosts: frozenset[str] = current_app.config["PLAIN_HOSTS"]
    return hosts


def missing_secrets(way: WayOut) -> list[str]:
    """The secrets that a way names and this machine has not; never their values."""
    folder = current_app.config["DATA_FOLDER"]
    return [name for name in (way.secret, way.token) if name and not secret(name, folder)]


def standing(way: str | None) -> dict[str, int]:
    """How many messages of a way out wait and failed; of mail when none is named."""
    of: dict[str, Any] = {"way": way} if way else {"channel": MAIL}
    outbox = OutboxMessage.collection()
    return {
        state: int(outbox.count_documents({**of, "state": state}, limit=100)) for state in ("waiting", "dead")
    }
