"""Metadata (元数据) of sealed volumes as XML, written once: at the latest when a volume is packed."""

from __future__ import annotations

from collections.abc import Iterable

from documents import volume_metadata
from documents.volume import Volume
from jobs.making import kept, store
from pdf.metadata import volume_xml

XML = "application/xml"


def write(volume: Volume) -> str:
    """Write the metadata of a volume once. Safe to run twice: the first file stays."""
    if volume.metadata:
        return str(volume.metadata["sha256"])
    content = volume_xml(volume_metadata.metadata_of(volume))
    stored = store(content, f"{volume.id}.xml", media_type=XML)
    return kept(stored, volume_metadata.keep(volume.id, stored))


def write_lacking(volumes: Iterable[Volume]) -> int:
    """Write the metadata of the volumes that have none yet; how many these were."""
    lacking = [volume for volume in volumes if not volume.metadata]
    for volume in lacking:
        write(volume)
        volume.metadata = Volume.get(volume.id).metadata
    return len(lacking)
