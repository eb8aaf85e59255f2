"""When a paper cannot be made 制作失败."""

from __future__ import annotations


class RenderFailed(Exception):
    """A paper could not be made; ``retryable`` says whether the same paper may well succeed next time.

    ``case`` is the number of the case that stands in the way of a volume of several cases, if one does.
    """

    def __init__(self, reason: str, *, retryable: bool, case: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.retryable = retryable
        self.case = case
