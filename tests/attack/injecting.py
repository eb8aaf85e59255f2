"""The injection 注入: every parameter that a view reads, and every body, with every payload."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from flask.testing import FlaskClient
from werkzeug.routing import Map, Rule

from tests.attack.browsers import FORM_TYPE
from tests.attack.engine import BODY, INSIDES
from tests.attack.ids import Ids
from tests.attack.listening import LISTENER, Recording
from tests.attack.payloads import BODIES, KINDS, RAW_BODIES

LEFT_OUT = frozenset({"signing_in.sign_out", "static", "assets.asset"})
PLAIN = frozenset(BODY.items())
JSON_TYPE = "application/json"
Payloads = tuple[tuple[str, str], ...]
# A way from the root, or under our name: no second /, no \, no control sign.
HERE = re.compile(r"(?:http://localhost)?/(?:[!-.0-\[\]-~][!-\[\]-~]*)?")


def stays(place: str) -> bool:
    """Whether a browser that is sent there stays here, and reads it as the server does."""
    return bool(HERE.fullmatch(place))


# All parameters at once: these draw paper, hash a password, or ask the same of each of thirty roles.
TOGETHER = frozenset({"archive.spines", "people.password", "sign_ins.index"})


@dataclass
class Injection:
    """All of it, as somebody who may do everything."""

    map: Map
    ids: Ids
    enter: Callable[[], FlaskClient]  # a browser that is signed in, again when an answer ended it
    share: tuple[int, int] = (0, 1)  # of the addresses the first, the second and so on of so many
    stride: int = 1  # of the kinds for a parameter every so manieth, another for the next parameter
    sent: int = 0
    parameters: int = 0
    reached: int = 0  # by how many kinds of payloads, all parameters together
    wrong: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Ask each address plainly, to learn which parameters it reads; then send them."""
        client = self.enter()
        mine, of = self.share
        for place, (rule, method, path) in enumerate(self._ways()):
            if place % of != mine:
                continue
            client = self._ask(client, method, path, BODY)
            for given in self._given(method, rule.endpoint):
                client = self._ask(client, method, path, given)

    def _ways(self) -> Iterator[tuple[Rule, str, str]]:
        for rule in self.map.iter_rules():
            if rule.endpoint not in LEFT_OUT:
                path = next(iter(self.ids.paths(rule, whole=False)))
                for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                    yield rule, method, path

    def _given(self, method: str, endpoint: str) -> Iterator[Mapping[str, str] | str]:
        names = sorted(Recording.read.get(f"{method} {endpoint}", ()))
        asked = [names] if endpoint in TOGETHER else [[name] for name in names]
        for some in asked if names else ():
            kinds = list(KINDS.values())[self.parameters % self.stride :: self.stride]
            self.parameters += len(some)
            self.reached += len(some) * len(kinds)
            yield from ({**BODY, **self._changed(some, kind)} for kind in kinds)
        if method == "POST":
            bodies = [*map(json.dumps, BODIES), *RAW_BODIES]
            every = self.stride if f"{method} {endpoint}" in Recording.bodies else len(bodies)
            yield from bodies[self.sent % every :: every]

    def _changed(self, names: Sequence[str], payloads: Payloads) -> Mapping[str, str]:
        turns = enumerate(names, start=self.sent)
        chosen = ((name, payloads[turn % len(payloads)]) for turn, name in turns)
        return {called.format(name=name): value for name, (called, value) in chosen}

    def _ask(
        self, client: FlaskClient, method: str, path: str, given: Mapping[str, str] | str
    ) -> FlaskClient:
        body = urlencode(given) if isinstance(given, Mapping) else given
        LISTENER.on = True
        if method == "GET":
            answer = client.get(f"{path}?{body}")
        else:
            kind = JSON_TYPE if isinstance(given, str) else FORM_TYPE
            answer = client.post(path, data=body, content_type=kind)
        LISTENER.on = False
        self.sent += 1
        if answer.status_code >= 500 or INSIDES.search(answer.data.decode("utf-8", "ignore")):
            told = given if isinstance(given, str) else [one for one in given.items() if one not in PLAIN]
            self.wrong.append(f"{answer.status_code} {method} {path[:90]} {str(told)[:160]}")
        place = answer.headers.get("Location", "/")
        if not stays(place):
            self.wrong.append(f"{method} {path[:90]} leads to {place[:160]!r}")
        self.wrong += [f"{method} {path[:90]}: {one}" for one in LISTENER.wrong]
        LISTENER.wrong.clear()
        ended = answer.status_code in (302, 401) and "/sign-in" in answer.headers.get("Location", "/sign-in")
        return self.enter() if ended else client
