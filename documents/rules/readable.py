"""What of a filled form may stand readable in the database 明文字段: what by itself tells of nobody."""

from __future__ import annotations

from typing import Final

from documents.rules.access import PUBLIC
from documents.rules.fields import Definition, fields_of, members

# Keys of the policy's own lists: questions such as “who still holds this option?” are asked of the database.
CHOSEN: Final = frozenset({"choice", "choices", "tree"})
# What is counted, measured or numbered, unless the policy says that it is not for everybody.
COUNTED: Final = frozenset(
    {"bool", "number", "money", "percent", "date", "time", "datetime", "duration", "series", "unit"}
)


def readable(form: Definition) -> list[str]:
    """The fields of a form whose values are not encrypted; a column as `table.column`."""
    found = []
    for one in fields_of(form):
        classes = {one.get("class", PUBLIC)}
        found += [str(one["key"])] if _is_readable(one, classes) else []
        found += [
            f"{one['key']}.{column['key']}"
            for column in members(one, "fields")
            if _is_readable(column, {*classes, column.get("class", PUBLIC)})
        ]
    return found


def _is_readable(field: Definition, classes: set[str]) -> bool:
    kind = field.get("type")
    return kind in CHOSEN or (kind in COUNTED and classes == {PUBLIC})
