"""Forms as modals, and what was entered in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from liteagent.chat.cards.form import Field, FieldKind, Form
from liteagent_discord.errors import DiscordError
from liteagent_discord.markup import cut

ROW, BUTTON, SELECT, INPUT, LABEL = 1, 2, 3, 4, 18
MOST_TITLE, MOST_LABEL, MOST_HINT, MOST_VALUE, MOST_ID = 45, 45, 100, 4000, 100
MOST_CHOICES, MOST_CHOICE = 25, 100
LINE, PARAGRAPH = 1, 2


def modal(form: Form) -> dict[str, Any]:
    """The data of the answer that opens it. Raises `DiscordError` for what no modal holds."""
    draw = _labelled if any(_is_choice(field) for field in form.fields) else _in_row
    return {
        "title": cut(form.title, MOST_TITLE) or "…",
        "custom_id": form.value,
        "components": [draw(field) for field in form.fields],
    }


def answers_of(data: Mapping[str, Any]) -> dict[str, str]:
    """What was entered, by field."""
    entered: dict[str, str] = {}
    for part in _parts(data.get("components") or ()):
        chosen = part.get("values")
        value = next(iter(chosen), "") if chosen is not None else part.get("value") or ""
        entered[part["custom_id"]] = value
    return entered


def _parts(components: Any) -> Iterator[Mapping[str, Any]]:
    for each in components:
        if "custom_id" in each:
            yield each
        yield from _parts([each["component"]] if "component" in each else ())
        yield from _parts(each.get("components") or ())


def _in_row(field: Field) -> dict[str, Any]:
    """A line as all clients and libraries know it; only labels hold anything else."""
    hint = {"placeholder": cut(field.hint, MOST_HINT)} if field.hint else {}
    name = field.label or field.name
    told = f"{name}: {field.hint}" if field.hint and field.value else name
    label = cut(told if len(told) <= MOST_LABEL else name, MOST_LABEL)
    return {"type": ROW, "components": [_line(field) | {"label": label} | hint]}


def _labelled(field: Field) -> dict[str, Any]:
    labelled: dict[str, Any] = {
        "type": LABEL,
        "label": cut(field.label or field.name, MOST_LABEL),
        "component": _choice(field) if _is_choice(field) else _line(field),
    }
    return labelled | {"description": cut(field.hint, MOST_HINT)} if field.hint else labelled


def _is_choice(field: Field) -> bool:
    fits = all(0 < len(choice) <= MOST_CHOICE for choice in field.choices)
    known = not field.value or field.value in field.choices
    few = 0 < len(field.choices) <= MOST_CHOICES
    return field.kind is FieldKind.CHOICE and few and fits and known


def _choice(field: Field) -> dict[str, Any]:
    return {
        "type": SELECT,
        "custom_id": _id(field),
        "required": field.required,
        "min_values": int(field.required),
        "max_values": 1,
        "options": [
            {"label": each, "value": each, "default": each == field.value} for each in field.choices
        ],
    }


def _line(field: Field) -> dict[str, Any]:
    if len(field.value) > MOST_VALUE:
        raise _too_large(field, f"longer than a form in Discord can hold ({MOST_VALUE} characters)")
    element: dict[str, Any] = {
        "type": INPUT,
        "custom_id": _id(field),
        "style": PARAGRAPH if field.kind is FieldKind.TEXT or "\n" in field.value else LINE,
        "required": field.required,
        "max_length": MOST_VALUE,
    }
    return element | {"value": field.value} if field.value else element


def _id(field: Field) -> str:
    if not 0 < len(field.name) <= MOST_ID:
        raise _too_large(field, "of a name that a form in Discord cannot hold")
    return field.name


def _too_large(field: Field, why: str) -> DiscordError:
    return DiscordError(
        f"{field.label or field.name} is {why}: decide on the web or with `liteagent approvals`.",
        0,
        permanent=True,
    )
