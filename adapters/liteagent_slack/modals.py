"""Forms as modals, and what was entered in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from liteagent.chat.cards.form import Field, FieldKind, Form
from liteagent_slack.cards import plain
from liteagent_slack.errors import SlackError

CALLBACK = "la:form"
MOST_VALUE, MOST_LABEL, MOST_HINT, MOST_TITLE = 3000, 2000, 2000, 24
MOST_CHOICES, MOST_CHOICE = 100, 75
_BLOCK, _ACTION = "la:", "value"


def modal(form: Form, origin: Mapping[str, Any]) -> dict[str, Any]:
    """The view; `origin` comes back with the answers. Raises `SlackError` for what no modal
    holds.
    """
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": plain(form.title, MOST_TITLE),
        "submit": plain(form.submit, MOST_TITLE),
        "close": plain("Cancel", MOST_TITLE),
        "private_metadata": json.dumps({"value": form.value, **origin}),
        "blocks": [_input(field) for field in form.fields],
    }


def origin_of(view: Mapping[str, Any]) -> dict[str, Any]:
    """What `modal` was given, and the button's value; empty where the view is not ours."""
    try:
        origin = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return {}
    return origin if isinstance(origin, dict) and "value" in origin else {}


def answers_of(view: Mapping[str, Any]) -> dict[str, str]:
    """What was entered, by field."""
    values: Mapping[str, Mapping[str, Any]] = (view.get("state") or {}).get("values") or {}
    entered: dict[str, str] = {}
    for block, actions in values.items():
        given = actions.get(_ACTION) or {}
        chosen = given.get("selected_option") or {}
        entered[block.removeprefix(_BLOCK)] = chosen.get("value") or given.get("value") or ""
    return entered


def errors_by_block(errors: Mapping[str, str], fields: Mapping[str, str]) -> dict[str, str]:
    """Complaints by field as Slack takes them: a complaint about no field stands under the
    first.
    """
    first = next(iter(fields), "")
    named: dict[str, str] = {}
    for name, complaint in errors.items():
        block = f"{_BLOCK}{name if name in fields else first}"
        named[block] = f"{named[block]} {complaint}" if block in named else complaint
    return named


def _input(field: Field) -> dict[str, Any]:
    block: dict[str, Any] = {
        "type": "input",
        "block_id": f"{_BLOCK}{field.name}"[:255],
        "label": plain(field.label or field.name, MOST_LABEL),
        "element": _choice(field) if _is_choice(field) else _line(field),
        "optional": not field.required,
    }
    if field.hint:
        block["hint"] = plain(field.hint, MOST_HINT)
    return block


def _is_choice(field: Field) -> bool:
    fits = all(0 < len(choice) <= MOST_CHOICE for choice in field.choices)
    return field.kind is FieldKind.CHOICE and 0 < len(field.choices) <= MOST_CHOICES and fits


def _choice(field: Field) -> dict[str, Any]:
    options = [{"text": plain(choice, MOST_CHOICE), "value": choice} for choice in field.choices]
    element: dict[str, Any] = {"type": "static_select", "action_id": _ACTION, "options": options}
    chosen = next((option for option in options if option["value"] == field.value), None)
    return element if chosen is None else element | {"initial_option": chosen}


def _line(field: Field) -> dict[str, Any]:
    if len(field.value) > MOST_VALUE:
        raise SlackError(
            f"{field.label or field.name} is longer than a form in Slack can hold ({MOST_VALUE}"
            " characters): decide on the web or with `liteagent approvals`.",
            "too_long",
            permanent=True,
        )
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": _ACTION,
        "multiline": field.kind is FieldKind.TEXT,
        "max_length": MOST_VALUE,
    }
    return element | {"initial_value": field.value} if field.value else element
