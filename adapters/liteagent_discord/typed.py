"""What people entered in forms that were not taken: Discord opens a form anew, as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from liteagent.chat.cards.form import Form
from liteagent.chat.inbound import Submitted

MOST_KEPT = 500

Handle = Mapping[str, Any]


class Typed:
    """Kept in memory, by person and form: after a restart a form begins as the request is."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str], Mapping[str, str]] = {}

    def keep(self, form: Submitted) -> None:
        """This was not taken, and is to be mended."""
        if len(self._answers) >= MOST_KEPT:
            del self._answers[next(iter(self._answers))]
        self._answers[form.person.id, form.value] = form.answers

    def forget(self, form: Submitted) -> None:
        """This was taken."""
        self._answers.pop((form.person.id, form.value), None)

    def into(self, form: Form, handle: Handle) -> Form:
        """The form as whoever opens it left it."""
        left = self._answers.get((handle.get("person", ""), form.value), {})
        fields = (replace(each, value=left.get(each.name, each.value)) for each in form.fields)
        return replace(form, fields=tuple(fields))
