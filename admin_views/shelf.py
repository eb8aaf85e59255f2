"""The shelf of the archive room 案卷架: year, retention, unit – and the volumes that stand there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import abort
from gridfs.errors import GridFSError

from admin_views.archive_scope import Scope
from admin_views.standing import in_sight, now, said
from admin_views.titles import reads_all, shown_title
from documents import files
from documents.dossier_words import Names
from documents.rules.text import tidy
from documents.rules.volume import Spine, SpineSheet
from documents.unit import names_of
from documents.volume import Volume
from documents.volume_titles import titled
from jobs import page_pictures

PAGE = 50
MOST_SPINES = 200
BOXES = (20, 30, 40, 50)  # widths of boxes in millimetres
SHOWN = (
    "cases",
    "pages",
    "size",
    "opened_on",
    "closed_on",
    "unit",
    "retention",
    "year",
    "warnings",
    "destroyed_at",
)
COLUMNS: dict[str, Any] = {**dict.fromkeys(SHOWN, 1), "entries": {"$size": "$contents"}}


@dataclass
class Board:
    """One place on the shelf: how many volumes and pages stand on it and below it."""

    key: str
    name: str
    volumes: int = 0
    pages: int = 0
    below: dict[str, Board] = field(default_factory=dict)

    def add(self, volumes: int, pages: int) -> Board:
        """Count volumes in."""
        self.volumes, self.pages = self.volumes + volumes, self.pages + pages
        return self


@dataclass(frozen=True)
class Place:
    """Where on the shelf one looks; nothing is everything."""

    year: int | None = None
    keep: str = ""
    unit: str = ""
    words: str = ""

    def condition(self) -> dict[str, Any]:
        """The volumes of this place."""
        found: dict[str, Any] = {}
        if self.year:
            found["year"] = self.year
        if self.keep:
            found["retention.zh"] = self.keep
        if self.unit:
            found["unit"] = self.unit
        words = tidy(self.words)
        if words:
            found["$or"] = [{"_id": {"$gte": words, "$lt": words + "\uffff"}}, {"cases": words}]
        return found


def sight(scope: Scope) -> dict[str, Any]:
    """The volumes of the unit that the person may see."""
    return {"owner": scope.unit.id, **in_sight()}


def boards(scope: Scope) -> list[Board]:
    """The whole shelf, the newest year first."""
    group = {"year": "$year", "keep": "$retention", "unit": "$unit"}
    rows = list(
        Volume.collection().aggregate(
            [
                {"$match": sight(scope)},
                {"$group": {"_id": group, "volumes": {"$sum": 1}, "pages": {"$sum": "$pages"}}},
                {"$sort": {"_id.year": -1, "_id.keep.zh": 1, "_id.unit": 1}},
            ]
        )
    )
    names = names_of([row["_id"]["unit"] for row in rows])
    years: dict[str, Board] = {}
    for row in rows:
        _put(years, row, names)
    return list(years.values())


def _put(years: dict[str, Board], row: Mapping[str, Any], names: Mapping[str, Any]) -> None:
    place, amount = row["_id"], (row["volumes"], row["pages"])
    year = years.setdefault(str(place["year"]), Board(str(place["year"]), str(place["year"]))).add(*amount)
    keep = year.below.setdefault(place["keep"]["zh"], Board(place["keep"]["zh"], said(place["keep"])))
    keep.add(*amount)
    label = said(names.get(place["unit"], place["unit"]))
    keep.below.setdefault(place["unit"], Board(place["unit"], label)).add(*amount)


@dataclass(frozen=True)
class VolumePage:
    """Some volumes in the order of their archive numbers; `next` is where to go on."""

    rows: Sequence[Mapping[str, Any]]
    next: str | None
    unit_names: Mapping[str, Any]
    titles: Mapping[str, str]
    read_whole: frozenset[str]  # of these the person may read all that stands on paper


def volumes(scope: Scope, place: Place, after: str = "") -> VolumePage:
    """One page of the volumes of a place."""
    parts: list[dict[str, Any]] = [sight(scope), place.condition()]
    if after:
        parts.append({"_id": {"$gt": after}})
    found = Volume.collection().aggregate(
        [{"$match": {"$and": parts}}, {"$sort": {"_id": 1}}, {"$limit": PAGE + 1}, {"$project": COLUMNS}]
    )
    rows = list(found)
    more, rows = len(rows) > PAGE, rows[:PAGE]
    names = names_of(sorted({row["unit"] for row in rows}))
    known = titled(row["_id"] for row in rows)
    return VolumePage(
        rows,
        rows[-1]["_id"] if more else None,
        names,
        titles={one.id: shown_title(one) for one in known},
        read_whole=frozenset(one.id for one in known if reads_all(one)),
    )


def volume_for_me(number: str, *, also_destroyed: bool = False) -> Volume:
    """The volume; one out of sight looks like none, and so does one of which only the tombstone is left."""
    here = {"_id": number} if also_destroyed else {"_id": number, "destroyed_at": None}
    found: Volume | None = Volume.objects(__raw__={"$and": [here, in_sight()]}).first()
    return found if found is not None else abort(404)


def volume_to_read(number: str) -> Volume:
    """The volume, for who may read all that stands on its paper; of its title more people may know."""
    volume = volume_for_me(number)
    return volume if reads_all(volume) else abort(403)


def spines(scope: Scope, place: Place, after: str, *, width: int) -> SpineSheet:
    """The labels 脊背标签 of the volumes of a place, from here on as many as are printed at once."""
    parts = [sight(scope), place.condition(), {"_id": {"$gt": after}, "destroyed_at": None}]
    found = Volume.objects(__raw__={"$and": parts}).exclude("contents", "originals").order_by("id")
    names = Names()
    labels = tuple(
        Spine(
            volume_number=one.id,
            fonds_number=one.fonds,
            year=one.year,
            retention=one.retention["zh"],
            unit=names.unit(one.unit),
            title=shown_title(one),
            pages=one.pages,
            cases=len(one.cases),
            width=width if width in BOXES else 0,
        )
        for one in found.limit(MOST_SPINES)
    )
    where = " ".join(part for part in (place.year and f"{place.year}年度", place.keep) if part)
    return SpineSheet(f"{where} 脊背标签".strip(), names.unit(scope.unit.id), now(), labels)


@dataclass(frozen=True)
class OpenVolume:
    """The volume on the reading desk: its contents with the sheet on which each begins."""

    volume: Volume
    labels: Sequence[str]
    sheet: int
    intact: bool
    unit: str

    @property
    def sheets(self) -> int:
        """How many pages the file has."""
        return len(self.labels)

    @property
    def leaf(self) -> str:
        """What the page shown is called."""
        return self.labels[self.sheet - 1]

    @property
    def supplements(self) -> list[str]:
        """The supplement volumes 补充卷 to this one."""
        return [row.id for row in Volume.objects(supplement_to=self.volume.id).only("id").order_by("id")]

    @property
    def closing(self) -> int:
        """The sheet of the 备考表."""
        found = (sheet for sheet, label in enumerate(self.labels, start=1) if label.startswith("备考表"))
        return next(found, self.sheets)

    def entries(self) -> list[tuple[Mapping[str, Any], int]]:
        """The contents list with sheet numbers."""
        first = {label: sheet for sheet, label in enumerate(self.labels, start=1)}
        return [(entry, first.get(str(entry["page"]), 1)) for entry in self.volume.contents]


def open_volume(volume: Volume, sheet: int) -> OpenVolume:
    """Take a volume to the reading desk; its digest is checked each time."""
    intact = is_intact(volume)
    labels = page_pictures.labels_if_any(volume.file_id)
    return OpenVolume(
        volume=volume,
        labels=labels,
        sheet=min(max(sheet, 1), len(labels)),
        intact=intact,
        unit=Names().unit(volume.unit),
    )


def tombstone(volume: Volume) -> OpenVolume:
    """What is left of a destroyed volume 已销毁: there is nothing to turn."""
    return OpenVolume(volume=volume, labels=("",), sheet=1, intact=True, unit=Names().unit(volume.unit))


def is_intact(volume: Volume) -> bool:
    """Whether the stored bytes still have the digest under which they were sealed."""
    digest = hashlib.sha256()
    try:
        for block in files.blocks(volume.file_id):
            digest.update(block)
    except GridFSError:  # a piece of it is gone
        return False
    return digest.hexdigest() == volume.sha256
