"""What an update made of a document, told by a change stream, is what the server itself made of it."""

from __future__ import annotations

from typing import Any

import bson
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from bson.timestamp import Timestamp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import OperationFailure

from documents.backup_redo import EXACT
from documents.rules.changed_document import updated
from tests.long import long

Row = dict[str, Any]
PLACE = "changed_documents"
RAW: CodecOptions[Any] = CodecOptions(document_class=RawBSONDocument)

names = st.sampled_from(["a", "b", "c", "0", "1", "2"])  # a number names a place of a list, or a field
plain = st.none() | st.booleans() | st.integers(-3, 2**40) | st.floats(allow_nan=False) | st.text(max_size=40)
values = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)
documents = st.dictionaries(names, values, max_size=5)
paths = st.lists(names, min_size=1, max_size=4).map(".".join)
pushes = st.fixed_dictionaries(
    {"$each": st.lists(values, max_size=4)},
    optional={"$slice": st.integers(-5, 5), "$position": st.integers(0, 4)},
)
operators: dict[str, st.SearchStrategy[Any]] = {
    "$set": values,
    "$unset": st.just(""),
    "$push": pushes,
    "$pull": plain,
    "$pop": st.sampled_from([1, -1]),
    "$inc": st.integers(1, 9),
    "$rename": paths,
}
plain_changes = [
    st.fixed_dictionaries({name: st.dictionaries(paths, told, min_size=1, max_size=3)})
    for name, told in operators.items()
]
cuts = st.tuples(names, st.integers(0, 3))
pipelines = [
    cuts.map(lambda cut: [{"$set": {cut[0]: {"$slice": [f"${cut[0]}", cut[1]]}}}]),
    st.tuples(names, values).map(lambda new: [{"$unset": new[0]}, {"$set": {new[0]: {"$literal": new[1]}}}]),
    documents.map(lambda new: [{"$replaceWith": {"$mergeObjects": [{"$literal": new}, {"_id": "$_id"}]}}]),
]
lives = st.lists(
    st.tuples(documents, st.lists(st.one_of(*plain_changes, *pipelines), max_size=8)), min_size=1, max_size=8
)


def lived(collection: Collection[Any], number: int, document: Row, changes: list[Any]) -> list[bytes]:
    """The document, byte for byte, at first and after each change that the server took."""
    collection.insert_one({"_id": number, **document})
    states = [state_of(collection, number)]
    for change in changes:
        try:
            collection.update_one({"_id": number}, change)
        except OperationFailure:
            continue
        state = state_of(collection, number)
        if state != states[-1]:
            states.append(state)
    return states


def state_of(collection: Collection[Any], number: int) -> bytes:
    """The document as it is."""
    found: Any = collection.find_one({"_id": number})
    return bytes(found.raw)


@given(lives)
@settings(max_examples=long(4, 300), deadline=None, suppress_health_check=[*HealthCheck])
def test_a_document_becomes_what_the_server_made_of_it(
    database: Database[Row], many: list[tuple[Row, list[Any]]]
) -> None:
    raw: Collection[Any] = database[PLACE].with_options(RAW)
    raw.insert_one({"_id": "begun"})
    start = database.client.admin.command("hello")["operationTime"]
    states = [lived(raw, number, *life) for number, life in enumerate(many)]
    exact = database[PLACE].with_options(EXACT)
    with exact.watch(start_at_operation_time=Timestamp(start.time, start.inc + 1)) as stream:
        for several in states:
            now: Row = {}
            for state in several:
                event = stream.next()
                is_update = event["operationType"] == "update"
                now = updated(now, event["updateDescription"]) if is_update else event["fullDocument"]
                assert bson.encode(now) == state
    raw.delete_many({})
