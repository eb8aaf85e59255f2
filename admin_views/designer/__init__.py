"""The designer 制度设计器: drafts of policies, edited in the portal."""

from __future__ import annotations

from admin_views.designer.canvases import CANVASES, Canvas
from admin_views.designer.form_canvas import FORM_CANVAS
from admin_views.designer.pages import DesignerView

__all__ = ["CANVASES", "Canvas", "DesignerView"]

# Each section may bring a canvas of its own; the others are drawn by the general one.
CANVASES["forms"] = FORM_CANVAS
