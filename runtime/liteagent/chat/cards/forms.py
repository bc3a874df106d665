"""The forms behind the buttons, and what was entered into them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

from liteagent.approvals import ApprovalKind, Verb
from liteagent.chat.cards.arguments import Schema, arguments_of
from liteagent.chat.cards.expected import problems
from liteagent.chat.cards.fields import ABSENT, LONGEST, Absent, field_of, read_field, read_json
from liteagent.chat.cards.form import Field, FieldKind, Form
from liteagent.chat.cards.hidden import hidden, restored
from liteagent.errors import ValidationError
from liteagent.events import Json

WHOLE = "arguments"
"""The one field of a form that has all arguments as JSON."""
REASON, CONTENT = "reason", "content"
_TITLE = 24
"""Characters of a form's title and of its button on Slack."""


class FormTooLargeError(ValidationError):
    """The arguments do not fit into a form."""

    error_code = "form_too_large"

    def __init__(self, approval_id: str) -> None:
        super().__init__(
            "These arguments are too long to be edited here: edit them with `liteagent approvals"
            f" edit {approval_id}`."
        )


def form_of(approval: Mapping[str, Json], verb: Verb, value: str, schema: Schema | None) -> Form:
    """The form that a button opens. `schema` is that of the tool's arguments, None where nobody
    knows the tool any more. Raises `FormTooLargeError`.
    """
    unknown = approval["kind"] == ApprovalKind.UNKNOWN_OUTCOME
    if verb is Verb.EDIT:
        title, submit = f"Edit {approval['tool']}", "Approve with changes"
        fields = edit_fields(approval, schema)
    elif verb is Verb.RESPOND:
        title, submit = ("What happened?" if unknown else "Answer instead"), "Send"
        fields = (_content(unknown=unknown),)
    else:
        title, submit = ("Count as failed" if unknown else f"Reject {approval['tool']}"), "Reject"
        fields = (_REASON_FIELD,)
    short = title if len(title) <= _TITLE else f"{title[: _TITLE - 1]}…"
    return Form(value=value, title=short, submit=submit, fields=fields)


def edit_fields(approval: Mapping[str, Json], schema: Schema | None) -> tuple[Field, ...]:
    """A field for each argument, or one for all of them."""
    args: Mapping[str, Json] = approval["args"]
    arguments = arguments_of(schema or {}, args)
    if arguments is not None:
        return tuple(field_of(argument, args) for argument in arguments)
    text = json.dumps(hidden(args), ensure_ascii=False, indent=2)
    if len(text) > LONGEST:
        text = json.dumps(hidden(args), ensure_ascii=False)
    if len(text) > LONGEST:
        raise FormTooLargeError(approval["id"])
    label = f"Arguments of {approval['tool']}"[:45]
    hint = "One object in JSON; what is not shown stays as it is."
    return (Field(name=WHOLE, label=label, kind=FieldKind.TEXT, value=text, hint=hint),)


def read_answers(
    schema: Schema | None, args: Mapping[str, Json], answers: Mapping[str, str]
) -> tuple[dict[str, Json], dict[str, str]]:
    """The new arguments, and what is wrong with them by field, in clauses such as `must be a whole
    number from 1 to 10`. `args` are the arguments that the form showed; what was not touched stays.
    """
    arguments = arguments_of(schema or {}, args)
    names = {WHOLE} if arguments is None else {argument.name for argument in arguments}
    if strange := set(answers) - names:  # the tool was changed while the form was open
        return {}, dict.fromkeys(sorted(strange), "is no argument any more; open the form again")
    if arguments is None:
        return _read_whole(schema, args, answers.get(WHOLE, ""))
    errors: dict[str, str] = {}
    new: dict[str, Json] = {}
    for argument in arguments:
        answer = answers.get(argument.name)
        try:
            if answer is None:  # the platform tells of what was touched alone
                value = args.get(argument.name, ABSENT)
            else:
                value = read_field(argument, args, answer)
        except ValidationError as error:
            errors[argument.name] = str(error)
            continue
        if not isinstance(value, Absent):
            new[argument.name] = value
    named = {argument.name: argument for argument in arguments}
    found = problems(schema or {}, new, named)
    whole = found.pop("", None)
    errors = found | errors
    if whole is not None and not errors:
        errors[arguments[0].name] = whole
    return new, errors


def _read_whole(
    schema: Schema | None, args: Mapping[str, Json], answer: str
) -> tuple[dict[str, Json], dict[str, str]]:
    try:
        new = restored(read_json(answer), hidden(args), args)
    except ValidationError as error:
        return {}, {WHOLE: str(error)}
    if not isinstance(new, dict):
        return {}, {WHOLE: "must be one object in JSON: all arguments by name"}
    new = cast("dict[str, Json]", new)
    wrong = problems(schema or {}, new, {})
    return new, {WHOLE: "; ".join(wrong.values())} if wrong else {}


def _content(*, unknown: bool) -> Field:
    return Field(
        name=CONTENT,
        label="What happened" if unknown else "What the agent is told instead",
        kind=FieldKind.TEXT,
        hint="The agent takes it for the tool's result.",
    )


_REASON_FIELD = Field(
    name=REASON,
    label="Reason",
    kind=FieldKind.TEXT,
    hint="The agent is told.",
    required=False,
)
