"""A little chart 走势 made on the server: bars, the last one today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, GAP = 84, 28, 2
LEAST = 2


@dataclass(frozen=True)
class Sparkline:
    """The values of the last days, oldest first."""

    values: Sequence[int]

    def bars(self) -> list[tuple[float, float, float, float]]:
        """x, y, width and height of each bar."""
        if not self.values:
            return []
        most = max(*self.values, 1)
        step = (WIDTH + GAP) / len(self.values)
        heights = [LEAST + (HEIGHT - LEAST) * value / most for value in self.values]
        return [
            (round(index * step, 1), round(HEIGHT - height, 1), round(step - GAP, 1), round(height, 1))
            for index, height in enumerate(heights)
        ]
