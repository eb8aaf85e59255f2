"""What is wrong with what was filled so far 边填边查: told while the rest is still being filled.

The same check as at the sending, by the same person on the same page: it says nothing that sending would
not say. What is merely not filled yet is no mistake before the form is sent; rows are checked then.
"""

from __future__ import annotations

from portal.forms.compile import PREFIX
from portal.forms.page import FormPage


def early_words(page: FormPage) -> dict[str, list[str]]:
    """The messages of each field that is filled wrongly, by its key."""
    page.form.show_problems(one for one in page.checked().problems if one.code != "required")
    return {
        field.name.removeprefix(PREFIX): [str(text) for text in field.errors]
        for field in page.form.wrong_fields()
        if field.errors
    }
