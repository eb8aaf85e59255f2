"""Bar charts as inline SVG, black on white, the same on screen and on paper."""

from __future__ import annotations

from markupsafe import Markup

from documents.rules.papers import BarChart

WIDTH = 620
LEFT, RIGHT = 150, 70
ROW, BAR = 28, 16
AXIS = Markup("<line x1='{0}' y1='4' x2='{0}' y2='{1}' stroke='#000' stroke-width='0.8'/>")
UNIT = Markup("<text x='{}' y='{}' text-anchor='end' font-family='Noto Sans SC' font-size='12'>{}</text>")
BAR_ROW = Markup(
    "<text x='{}' y='{}' text-anchor='end' font-family='Noto Sans SC' font-size='12'>{}</text>"
    "<rect x='{}' y='{}' width='{:.1f}' height='{}' fill='#8a8a8a'/>"
    "<text x='{:.1f}' y='{}' font-family='Noto Sans SC' font-size='12'>{}</text>"
)


def drawing(chart: BarChart) -> Markup:
    """The chart as SVG: a label, a bar, the figure; the longest bar fills the width."""
    height = ROW * len(chart.bars) + 12
    most = max((abs(value) for _, value in chart.bars), default=0) or 1
    rows = Markup("").join(_bar(index, label, value, most) for index, (label, value) in enumerate(chart.bars))
    axis = AXIS.format(LEFT, height - 6)
    unit = UNIT.format(WIDTH, height - 2, f"单位：{chart.unit}" if chart.unit else "")
    frame = Markup("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {} {}'>").format(WIDTH, height + 8)
    return frame + rows + axis + unit + Markup("</svg>")


def _bar(index: int, label: str, value: float, most: float) -> Markup:
    top = 6 + index * ROW
    length = (WIDTH - LEFT - RIGHT) * abs(value) / most
    right = LEFT + length
    label_at, bar, figure_at = (LEFT - 8, top + 13), (LEFT, top, length, BAR), (right + 6, top + 13)
    return BAR_ROW.format(*label_at, _short(label), *bar, *figure_at, f"{value:g}")


def _short(label: str) -> str:
    return label if len(label) <= 11 else label[:10] + "…"
