"""One argument as a field of a form, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from liteagent.chat.cards.arguments import Argument, Shape
from liteagent.chat.cards.expected import expected
from liteagent.chat.cards.form import Field, FieldKind
from liteagent.chat.cards.hidden import hidden, restored
from liteagent.errors import ValidationError
from liteagent.events import Json
from liteagent.security.redact import redact

LONGEST = 3000
"""Characters of one field on Slack; Discord takes 4,000."""
LABEL = 45
"""Characters of a field's name on Discord."""
_HINT = 100
"""Characters that Discord shows in an empty field."""
_LINE = 80
_MOST_CHOICES = 25
_LONGEST_CHOICE = 75
_WORDS: Mapping[str, bool] = {"yes": True, "no": False, "true": True, "false": False}


class Absent:
    """No value: the argument is left out, and the tool takes its default."""


ABSENT: Final = Absent()


def field_of(argument: Argument, args: Mapping[str, Json]) -> Field:
    """The field, with the present value in it unless that is a secret or too long."""
    value = args.get(argument.name)
    kept = _is_kept(argument, args)
    return Field(
        name=argument.name,
        label=_short(argument.name, LABEL),
        kind=_kind(argument, value),
        value="" if kept else _as_text(argument, value),
        hint=_short(_hint(argument, kept=kept), _HINT),
        choices=_choices(argument),
        required=argument.required and not kept and value not in (None, ""),
    )


def read_field(argument: Argument, args: Mapping[str, Json], answer: str) -> Json | Absent:
    """The value that was entered; `ABSENT` to leave the argument out.

    Text that cannot be read as the argument's type is returned as it is: the schema refuses it.
    Raises `ValidationError` with what the field has to hold.
    """
    shown = "" if _is_kept(argument, args) else _as_text(argument, args.get(argument.name))
    answer = _lines(answer)
    if answer.strip() == _lines(shown).strip():
        return args.get(argument.name, ABSENT)
    if not answer.strip() and not argument.required:
        return ABSENT
    if not answer.strip() and argument.nullable:
        return None
    if not answer.strip() and argument.shape is not Shape.STRING:
        raise ValidationError("must not be empty")
    return _read(argument, args.get(argument.name), answer)


def _read(argument: Argument, present: Json, answer: str) -> Json:
    if argument.choices:
        known = {_as_text(argument, each): each for each in argument.choices}
        return known.get(answer.strip(), answer)
    match argument.shape:
        case Shape.STRING:
            return answer
        case Shape.BOOLEAN:
            return _WORDS.get(answer.strip().lower(), answer)
        case Shape.JSON:
            return restored(read_json(answer), hidden(present), present)
        case Shape.INTEGER | Shape.NUMBER:
            return _parsed_or_text(answer)
        case Shape.ANY:
            return answer if isinstance(present, str) else _parsed_or_text(answer)


def read_json(answer: str) -> Json:
    """The value in `answer`; raises `ValidationError`, which says where it breaks off."""
    try:
        return json.loads(answer, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise ValidationError(f"is not JSON: {error.msg}, in line {error.lineno}") from None
    except RecursionError:
        raise ValidationError("is nested too deeply") from None


def _parsed_or_text(answer: str) -> Json:
    try:
        return read_json(answer)
    except ValidationError:
        return answer


def _lines(text: str) -> str:
    """The text with the line ends that every platform means."""
    return text.replace("\r\n", "\n")


def _no_constant(name: str) -> Json:
    raise ValidationError(f"is not JSON: {name} is no number")


def _is_kept(argument: Argument, args: Mapping[str, Json]) -> bool:
    """Whether the present value is not shown: an empty answer keeps it."""
    if argument.name not in args:
        return False
    value = args[argument.name]
    masked = redact({argument.name: value})[argument.name]
    if argument.shape is Shape.JSON and masked != value and isinstance(masked, list | dict):
        return len(_as_text(argument, value)) > LONGEST
    return masked != value or len(_as_text(argument, value)) > LONGEST


def _as_text(argument: Argument, value: Json) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and argument.shape is not Shape.JSON:
        return value
    return json.dumps(hidden(value), ensure_ascii=False, indent=2)


def _kind(argument: Argument, value: Json) -> FieldKind:
    if _choices(argument):
        return FieldKind.CHOICE
    long = isinstance(value, str) and (len(value) > _LINE or "\n" in value)
    return FieldKind.TEXT if long or argument.shape is Shape.JSON else FieldKind.LINE


def _choices(argument: Argument) -> tuple[str, ...]:
    if argument.shape is Shape.BOOLEAN and not argument.choices:
        return ("yes", "no")
    texts = tuple(_as_text(argument, each) for each in argument.choices)
    if len(texts) > _MOST_CHOICES or any(not 0 < len(each) <= _LONGEST_CHOICE for each in texts):
        return ()
    return texts


def _hint(argument: Argument, *, kept: bool) -> str:
    if kept:
        return "Not shown here; leave it empty to keep it."
    return argument.description or expected(argument).removeprefix("must be ")


def _short(text: str, longest: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
