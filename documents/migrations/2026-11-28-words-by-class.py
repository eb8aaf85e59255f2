"""Mark the search words of fields that are not for everybody 检索词分级: only their readers find by them."""

from __future__ import annotations

from typing import Any

from pymongo.database import Database

from documents.actions.keeping import find_by
from documents.complaint import Complaint
from documents.policy import Policy
from documents.rules.searching import searched_classes


def migrate(_db: Database[dict[str, Any]]) -> None:
    """Cut the words anew where a version searches such a field by words. Safe to run twice."""
    for policy in Policy.objects(state="published"):
        view = policy.view()
        if any(searched_classes(view, "text").values()):
            for case in Complaint.objects(
                policy=policy.key, policy_version=policy.version, destroyed_at=None
            ):
                find_by(case, view)
                fresh = {"grams": case.grams, "texts": case.texts, "attrs": case.attrs}
                Complaint.collection().update_one(
                    {"_id": case.id, "revision": case.revision}, {"$set": fresh}
                )
