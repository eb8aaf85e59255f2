"""The picture of a workflow 流程图: stages in rows, ways between them as curves that keep clear of the boxes.

The usual four steps of drawing a layered graph: rows, stand-ins for long ways, an order with few
crossings, places. Drawn on the server; the template writes it out as SVG.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

Definition = Mapping[str, Any]

WIDTH, HEIGHT = 148, 44
ROW = 102
GAP = 26
LANE = 16  # the room of a long way where it passes a row of boxes
MARGIN = 24
START = 134  # how far left of its box the sign of a beginning reaches
PORT = 15
ROUNDS = 12


@dataclass
class Node:
    """A stage in its row, or the stand-in of a long way."""

    key: str
    row: int
    stage: Definition | None = None
    x: float = 0.0
    staying: int = 0
    usual: bool = False

    @property
    def width(self) -> float:
        """The room it takes."""
        return WIDTH if self.stage else LANE

    @property
    def y(self) -> float:
        """The middle of its row."""
        return MARGIN + 22 + self.row * ROW + HEIGHT / 2


@dataclass
class Way:
    """All transitions from one stage to another."""

    start: str
    goal: str
    labels: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    primary: bool = False
    back: bool = False
    nodes: list[Node] = field(default_factory=list)
    path: str = ""
    label_x: float = 0.0
    label_y: float = 0.0


@dataclass
class Picture:
    """Everything the template draws."""

    width: float
    height: float
    nodes: list[Node]
    ways: list[Way]
    starts: list[Node]


def draw(workflow: Definition, starts: Sequence[str], label: Any) -> Picture:
    """The picture of a workflow; `label` gives the words of a bilingual text."""
    nodes = _nodes(workflow)
    ways = _ways(workflow, nodes, label)
    rows = _rows(nodes, ways)
    _order(rows, ways)
    _place(rows, ways, first=[nodes[key] for key in starts if key in nodes])
    _route(ways)
    width = max(node.x + node.width / 2 for row in rows for node in row) + MARGIN
    return Picture(
        width=width,
        height=MARGIN * 2 + 22 + (len(rows) - 1) * ROW + HEIGHT,
        nodes=list(nodes.values()),
        ways=ways,
        starts=[nodes[key] for key in starts if key in nodes],
    )


def _nodes(workflow: Definition) -> dict[str, Node]:
    """The stages in rows by their sequence; a way between two of the same sequence parts them."""
    stages = {stage["key"]: stage for stage in workflow["stages"]}
    rank = {key: float(stage.get("sequence", index)) for index, (key, stage) in enumerate(stages.items())}
    order = list(stages)
    for start, goal, _one in _moves(workflow):
        if rank[start] == rank[goal] and order.index(start) < order.index(goal):
            rank[goal] += 0.5
    rows = {value: row for row, value in enumerate(sorted(set(rank.values())))}
    staying = [one for one in workflow["transitions"] if one.get("to") is None]
    return {
        key: Node(
            key,
            rows[rank[key]],
            stage,
            staying=sum(_starts_at(one, stage) for one in staying),
            usual=key in workflow.get("path", ()),
        )
        for key, stage in stages.items()
    }


def _starts_at(transition: Definition, stage: Definition) -> bool:
    sources = transition["from"]
    return stage["status"] == "open" if sources == "any_open" else stage["key"] in sources


def _moves(workflow: Definition) -> list[tuple[str, str, Definition]]:
    """Each (stage, other stage, transition); what starts from any open stage is told beside the picture."""
    found = []
    for one in workflow["transitions"]:
        goal = one.get("to")
        goals = [goal] if isinstance(goal, str) else [branch["go"] for branch in goal or ()]
        sources = [] if one["from"] == "any_open" else one["from"]
        found += [(start, goal, one) for start in sources for goal in goals if start != goal]
    sealing = [stage["key"] for stage in workflow["stages"] if stage["status"] == "archived"]
    making = {goal for _, goal, one in found if any("archive" in effect for effect in one.get("effects", ()))}
    return found + [(stage, sealed, SEALING) for stage in sorted(making) for sealed in sealing]


SEALING: Definition = {"label": {"zh": "封卷", "en": "Sealed"}, "primary": True}


def _ways(workflow: Definition, nodes: Mapping[str, Node], label: Any) -> list[Way]:
    found: dict[tuple[str, str], Way] = {}
    for start, goal, one in _moves(workflow):
        way = found.setdefault((start, goal), Way(start, goal))
        way.labels.append(label(one["label"]))
        way.steps.append(str(one.get("key", "")))
        way.primary = way.primary or bool(one.get("primary"))
        way.back = nodes[start].row > nodes[goal].row
    for way in found.values():
        way.nodes = _stops(way, nodes)
    return list(found.values())


def _stops(way: Way, nodes: Mapping[str, Node]) -> list[Node]:
    """The two ends and a stand-in in every row between them, from the upper row down."""
    upper, lower = sorted((nodes[way.start], nodes[way.goal]), key=lambda node: node.row)
    between = [Node(f"{way.start}>{way.goal}@{row}", row) for row in range(upper.row + 1, lower.row)]
    return [upper, *between, lower]


def _rows(nodes: Mapping[str, Node], ways: Sequence[Way]) -> list[list[Node]]:
    every = [*nodes.values(), *(node for way in ways for node in way.nodes[1:-1])]
    rows: list[list[Node]] = [[] for _ in range(max(node.row for node in every) + 1)]
    for node in every:
        rows[node.row].append(node)
    return rows


def _neighbours(ways: Sequence[Way]) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for way in ways:
        for upper, lower in pairwise(way.nodes):
            found.setdefault(upper.key, []).append(lower)
            found.setdefault(lower.key, []).append(upper)
    return found


def _order(rows: list[list[Node]], ways: Sequence[Way]) -> None:
    """Put each row in the order of its neighbours' middles, again and again: few crossings remain."""
    beside = _neighbours(ways)
    for row in rows:
        _spread(row)
    for turn in range(ROUNDS):
        for row in rows if turn % 2 == 0 else reversed(rows):
            ahead = -1 if turn % 2 == 0 else 1
            row.sort(key=lambda node, ahead=ahead: _middle(node, beside, ahead))  # type: ignore[misc]
            _spread(row)


def _middle(node: Node, beside: Mapping[str, Sequence[Node]], ahead: int) -> float:
    wanted = [one.x for one in beside.get(node.key, ()) if one.row == node.row + ahead]
    return sum(wanted) / len(wanted) if wanted else node.x


def _spread(row: Sequence[Node]) -> None:
    """Side by side around the middle of the picture."""
    total = sum(node.width + GAP for node in row) - GAP
    x = -total / 2
    for node in row:
        node.x = x + node.width / 2
        x += node.width + GAP


def _place(rows: list[list[Node]], ways: Sequence[Way], *, first: Sequence[Node]) -> None:
    """Pull every node towards its neighbours without changing the order or letting two touch."""
    beside = _neighbours(ways)
    for _ in range(ROUNDS):
        for row in rows:
            _settle(row, [_pull(node, beside) for node in row])
    left = min(node.x - node.width / 2 for row in rows for node in row)
    left = min([left, *(node.x - START for node in first)])
    for row in rows:
        for node in row:
            node.x = round(node.x - left + MARGIN, 1)


def _pull(node: Node, beside: Mapping[str, Sequence[Node]]) -> float:
    near = [one.x for one in beside.get(node.key, ())]
    return sum(near) / len(near) if near else node.x


def _settle(row: Sequence[Node], wanted: Sequence[float]) -> None:
    """Around the stage of the usual path, which stands in the middle; else at the nearest places."""
    middle = next((index for index, node in enumerate(row) if node.usual), None)
    if middle is None:
        _settle_freely(row, wanted)
        return
    row[middle].x = 0.0
    for index in range(middle + 1, len(row)):
        row[index].x = max(wanted[index], row[index - 1].x + _room(row, index))
    for index in range(middle - 1, -1, -1):
        row[index].x = min(wanted[index], row[index + 1].x - _room(row, index + 1))


def _settle_freely(row: Sequence[Node], wanted: Sequence[float]) -> None:
    """The places nearest to the wanted ones: pushed right, pushed left, then halved."""
    rightwards, leftwards = list(wanted), list(wanted)
    for index in range(1, len(row)):
        rightwards[index] = max(rightwards[index], rightwards[index - 1] + _room(row, index))
    for index in range(len(row) - 2, -1, -1):
        leftwards[index] = min(leftwards[index], leftwards[index + 1] - _room(row, index + 1))
    for node, right, left in zip(row, rightwards, leftwards, strict=True):
        node.x = (right + left) / 2


def _room(row: Sequence[Node], index: int) -> float:
    return (row[index - 1].width + row[index].width) / 2 + GAP


def _route(ways: Sequence[Way]) -> None:
    """A curve for every way, leaving and reaching the boxes at places of its own."""
    for way in ways:
        upper, lower = way.nodes[0], way.nodes[-1]
        points = [
            (upper.x + _port(way, upper, ways, below=True), upper.y + HEIGHT / 2),
            *((node.x, node.y + side * HEIGHT / 2) for node in way.nodes[1:-1] for side in (-1, 1)),
            (lower.x + _port(way, lower, ways, below=False), lower.y - HEIGHT / 2),
        ]
        way.label_x = round((points[0][0] + points[1][0]) / 2, 1)
        way.label_y = round((points[0][1] + points[1][1]) / 2, 1)
        way.path = _curve(list(reversed(points)) if way.back else points)


def _port(way: Way, node: Node, ways: Sequence[Way], *, below: bool) -> float:
    """How far from the middle of its box a way leaves it, in the order of where the ways go."""
    here = [one for one in ways if one.nodes[0 if below else -1] is node]
    here.sort(key=lambda one: (one.nodes[1 if below else -2].x, one.back))
    step = min(PORT, (WIDTH - 28) / max(len(here) - 1, 1))
    return (here.index(way) - (len(here) - 1) / 2) * step


def _curve(points: Sequence[tuple[float, float]]) -> str:
    """Upright at both ends and wherever a row of boxes is passed; it bends in the gaps between the rows."""
    parts = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for (x1, y1), (x2, y2) in pairwise(points):
        arm = (y2 - y1) * 0.45
        parts.append(f"C{x1:.1f} {y1 + arm:.1f} {x2:.1f} {y2 - arm:.1f} {x2:.1f} {y2:.1f}")
    return "".join(parts)
