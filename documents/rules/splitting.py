"""Splitting a package into parts 分包 by count or size; what was packed before stays in its part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from documents.rules.package import PackageOptions, PackedVolume


@dataclass
class _Part:
    number: int
    volumes: int = 0
    size: int = 0

    def takes(self, size: int, options: PackageOptions) -> bool:
        """Whether a volume still fits; an empty part takes any."""
        if not self.volumes:
            return True
        many = options.most_volumes and self.volumes >= options.most_volumes
        large = options.most_bytes and self.size + size > options.most_bytes
        return not (many or large)

    def put(self, size: int) -> None:
        """One more volume inside."""
        self.volumes += 1
        self.size += size


def split(
    volumes: Sequence[PackedVolume], options: PackageOptions, before: Mapping[str, int]
) -> dict[str, int]:
    """The part of each volume. `before` says where volumes lay when the package was last written.

    New volumes go into the last part while it has room, then into new ones, in their order.
    """
    if not options.split:
        return {volume.volume_number: 1 for volume in volumes}
    found = {one.volume_number: before[one.volume_number] for one in volumes if one.volume_number in before}
    parts = [_Part(number) for number in range(1, max(found.values(), default=1) + 1)]
    for volume in volumes:
        if volume.volume_number in found:
            parts[found[volume.volume_number] - 1].put(weight(volume))
    for volume in volumes:
        if volume.volume_number not in found:
            if not parts[-1].takes(weight(volume), options):
                parts.append(_Part(len(parts) + 1))
            parts[-1].put(weight(volume))
            found[volume.volume_number] = parts[-1].number
    return found


def weight(volume: PackedVolume) -> int:
    """What a volume weighs with everything that lies beside it, in bytes."""
    beside = volume.metadata.size if volume.metadata else 0
    return volume.size + beside + sum(one.size for one in volume.originals)
