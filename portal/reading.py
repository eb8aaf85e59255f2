"""Reading is audited like changing 查阅留痕: what an answer showed is noted before it leaves.

A view says what it shows; the fields that stood on the page in clear are gathered while it is drawn. When the
answer is ready one insert writes the entries. Where they cannot be written the page is not given out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from flask import Flask, Response, g
from flask_login import current_user

from documents import audit, blind_index, page_entries
from documents.rules.access import PUBLIC, for_whom
from documents.sight import number_in
from portal.clock import now

READ, READ_FILE, LIST, SEARCH, EXPORT = "read", "read_file", "read_list", "search", "export"
AT_ONCE: Final = 1_000  # numbers of cases in one entry
PAGES: Final = frozenset({READ, LIST})
NOTHING_SHOWN: Final = frozenset({401, 403, 404})


def prepare_reading(app: Flask) -> None:
    """Write what was shown, after each answer is made."""
    app.after_request(write)


def shown(verb: str, subject: str, /, **facts: Any) -> None:
    """The answer shows this 查阅; noted once it is ready, with the fields that were read on it."""
    g.setdefault("read", []).append({"verb": verb, "subject": subject, "facts": facts})


def seen_instead(absent: Iterable[str]) -> None:
    """The answer shows what the person sees because of these absent alone 代办; its entries say so."""
    g.setdefault("read_instead", set()).update(absent)


def shown_field(definition: Mapping[str, Any], name: str = "") -> None:
    """The answer shows a field in clear, or a column by its name; what is public is not remembered."""
    if definition.get("class", PUBLIC) != PUBLIC:
        g.setdefault("read_fields", set()).add(name or str(definition["key"]))


def note_looked_up(definition: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """The answer shows in clear what a lookup took from another case; of what is public nothing is noted."""
    if found["of"] == "case" and definition.get("class", PUBLIC) != PUBLIC:
        shown_field({**definition, "key": found["field"]})
        listed(SEARCH, [found["id"]], way="value")


def listed(verb: str, numbers: Iterable[str], /, **facts: Any) -> None:
    """The answer shows these cases in a list 列表查阅; of a long one each entry names some."""
    found = list(dict.fromkeys(numbers))
    for first in range(0, max(len(found), 1), AT_ONCE):
        shown(verb, "cases", cases=found[first : first + AT_ONCE], **facts)


def asked_words(words: str | None) -> dict[str, Any]:
    """What is kept of words that were searched: the number of a case as it is, of others only a keyed digest.

    Names and telephone numbers must not gather in the trail; whoever asks whether a word was searched for
    gives the word.
    """
    text = (words or "").strip()
    if not text:
        return {}
    number = number_in(text)
    if number:
        return {"number": number}
    return {"words": digest_of(text), "length": len(text)}


def digest_of(words: str) -> str:
    """The keyed digest of words; without the key of the data nobody can try words out."""
    return blind_index.searched(words)


def write(response: Response) -> Response:
    """Note what the answer shows; a page that is shown again with a refusal on it was shown."""
    told = g.pop("read", [])
    fields, instead = sorted(g.pop("read_fields", ())), for_whom(g.pop("read_instead", ()))
    given_out = response.status_code < 500 and response.status_code not in NOTHING_SHOWN
    if told and given_out and current_user.is_authenticated:
        more = {**({"fields": fields} if fields else {}), **instead}
        row = {"at": now(), "by": current_user.person.id}
        rows = [{**row, **one, "facts": {**one["facts"], **more}} for one in told]
        if len(rows) == 1 and rows[0]["verb"] in PAGES:
            page_entries.note_page(rows[0])
        else:
            audit.note_rows(rows)
    return response
