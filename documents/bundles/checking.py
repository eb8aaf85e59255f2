"""What is wrong with a bundle 检查: the problems of its definition, each with file, line and remedy."""

from __future__ import annotations

from collections.abc import Iterable

from documents.bundles.found import Found
from documents.bundles.layout import file_of
from documents.bundles.places import Place, locate, steps
from documents.bundles.reading import Bundle
from documents.rules.policy_checking import problems
from documents.rules.policy_problems import Problem


def check_bundle(bundle: Bundle) -> tuple[Found, ...]:
    """Everything that keeps a bundle from being published, by file and line."""
    return placed(problems(bundle.definition), bundle.places)


def placed(found: Iterable[Problem], places: Place) -> tuple[Found, ...]:
    """Problems with their files and lines, in the order in which an editor shows them."""
    return tuple(sorted({_placed(problem, places) for problem in found}))


def _placed(problem: Problem, places: Place) -> Found:
    section = (steps(problem.path) or [""])[0]
    place = locate(places, problem.path)
    file = place.file if section in places.members else file_of(section)
    return Found(file, place.line, *problem)
