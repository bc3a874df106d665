"""Forms of a tool's arguments, and what comes back from them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from liteagent.approvals import Verb
from liteagent.chat.cards.form import FieldKind, Form
from liteagent.chat.cards.forms import FormTooLargeError, form_of, read_answers
from liteagent.tools import tool

VALUE = "la:apr_1:edit:x"


class Zone(StrEnum):
    NORTH = "north"
    SOUTH = "south"


class Port(BaseModel):
    number: int
    protocol: Literal["tcp", "udp"] = "tcp"


@tool
async def scale(
    name: str,
    replicas: Annotated[int, Field(ge=1, le=10, description="How many of them.")],
    zone: Zone,
    ratio: float | None = None,
    dry_run: bool = False,
) -> None:
    """Scale."""


@tool
async def expose(service: str, ports: list[Port], labels: dict[str, str] | None = None) -> None:
    """Expose."""


SCALE: Mapping[str, Any] = scale.tool.parameters
EXPOSE: Mapping[str, Any] = expose.tool.parameters
GIVEN = {"name": "web", "replicas": 2, "zone": "north", "ratio": None, "dry_run": False}


def shown(
    args: Mapping[str, Any],
    schema: Mapping[str, Any] | None = SCALE,
    verb: Verb = Verb.EDIT,
    kind: str = "tool",
) -> Form:
    approval = {"id": "apr_1", "kind": kind, "tool": "restart_the_services", "args": args}
    return form_of(approval, verb, VALUE, schema)


def answered(
    args: Mapping[str, Any], schema: Mapping[str, Any] | None = SCALE, **changes: str
) -> tuple[dict[str, Any], dict[str, str]]:
    """What is read when only these fields are touched."""
    answers = {field.name: field.value for field in shown(args, schema).fields} | changes
    return read_answers(schema, args, answers)


def test_each_argument_has_a_field_of_its_kind_with_the_present_value() -> None:
    form = shown(GIVEN)
    assert (form.value, form.title, form.submit) == (
        VALUE,
        "Edit restart_the_servic…",
        "Approve with changes",
    )
    fields = {field.name: field for field in form.fields}
    assert {n: (f.kind, f.value, f.required) for n, f in fields.items()} == {
        "name": (FieldKind.LINE, "web", True),
        "replicas": (FieldKind.LINE, "2", True),
        "zone": (FieldKind.CHOICE, "north", True),
        "ratio": (FieldKind.LINE, "", False),
        "dry_run": (FieldKind.CHOICE, "no", False),
    }
    assert fields["zone"].choices == ("north", "south")
    assert fields["dry_run"].choices == ("yes", "no")
    assert fields["replicas"].hint == "How many of them."
    assert fields["ratio"].hint == "a number"


def test_what_was_entered_is_read_by_type() -> None:
    changed = answered(GIVEN, replicas=" 3 ", zone="south", ratio="0.5", dry_run="yes", name=" a ")
    new = {"name": " a ", "replicas": 3, "zone": "south", "ratio": 0.5, "dry_run": True}
    assert changed == (new, {})


def test_what_was_not_touched_stays_exactly_as_it_is() -> None:
    odd = GIVEN | {"name": "  two\r\nlines ", "ratio": 1e300}
    assert answered(odd) == (odd, {})


def test_a_field_of_which_nothing_is_told_stays_as_it_is() -> None:
    assert read_answers(SCALE, GIVEN, {"replicas": "3"}) == (GIVEN | {"replicas": 3}, {})
    assert read_answers(SCALE, GIVEN, {"replicas": "many"})[1].keys() == {"replicas"}
    assert read_answers(SCALE, GIVEN, {}) == (GIVEN, {})


@pytest.mark.parametrize(
    ("field", "answer", "problem"),
    [
        ("replicas", "11", "must be a whole number from 1 to 10"),
        ("replicas", "2.5", "must be a whole number from 1 to 10"),
        ("replicas", "many", "must be a whole number from 1 to 10"),
        ("replicas", "true", "must be a whole number from 1 to 10"),
        ("replicas", "", "must not be empty"),
        ("ratio", "half", "must be a number"),
        ("ratio", "NaN", "must be a number"),
        ("zone", "east", "must be one of north, south"),
        ("dry_run", "perhaps", "must be yes or no"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(field: str, answer: str, problem: str) -> None:
    assert answered(GIVEN, **{field: answer})[1] == {field: problem}


def test_every_field_that_is_wrong_is_told_at_once() -> None:
    assert set(answered(GIVEN, replicas="x", zone="x")[1]) == {"replicas", "zone"}


def test_an_optional_argument_that_is_emptied_is_left_out() -> None:
    new, errors = answered(GIVEN | {"ratio": 0.5}, ratio="")
    assert (new, errors) == ({k: v for k, v in GIVEN.items() if k != "ratio"}, {})


def test_lists_and_objects_are_edited_as_json() -> None:
    args = {"service": "web", "ports": [{"number": 80, "protocol": "tcp"}], "labels": None}
    form = shown(args, EXPOSE)
    ports = form.fields[1]
    assert ports.kind is FieldKind.TEXT
    assert json.loads(ports.value) == args["ports"]
    new, errors = answered(args, EXPOSE, ports='[{"number": 81}]', labels='{"a": "b"}')
    assert (new["ports"], new["labels"], errors) == ([{"number": 81}], {"a": "b"}, {})
    assert answered(args, EXPOSE, ports="[")[1] == {
        "ports": "is not JSON: Expecting value, in line 1"
    }
    assert answered(args, EXPOSE, ports="{}")[1] == {"ports": "must be a list in JSON"}
    wrong = answered(args, EXPOSE, ports='[{"number": "x"}]')[1]["ports"]
    assert wrong == "0.number: 'x' is not of type 'integer'"


def test_long_text_gets_several_lines_and_too_long_text_stays_unless_it_is_replaced() -> None:
    lines, endless = GIVEN | {"name": "a\nb"}, GIVEN | {"name": "x" * 3_001}
    assert shown(lines).fields[0].kind is FieldKind.TEXT
    field = shown(endless).fields[0]
    assert (field.value, field.required) == ("", False)
    assert field.hint == "Not shown here; leave it empty to keep it."
    assert answered(endless) == (endless, {})
    assert answered(endless, name="short")[0]["name"] == "short"


@tool
async def login(user: str, password: str, url: str = "") -> None:
    """Log in."""


def test_a_secret_is_not_put_into_the_form_and_an_empty_answer_keeps_it() -> None:
    args = {"user": "ann", "password": "hunter2", "url": "https://ann:hunter2@db"}
    form = shown(args, login.tool.parameters)
    assert "hunter2" not in str(form)
    assert [field.required for field in form.fields] == [True, False, False]
    assert answered(args, login.tool.parameters, user="bob") == (args | {"user": "bob"}, {})
    new, _ = answered(args, login.tool.parameters, password="new")
    assert new["password"] == "new"


def test_the_secret_inside_an_object_stays_in_its_place() -> None:
    schema = {"type": "object", "properties": {"auth": {"type": "object"}}}
    args = {"auth": {"user": "ann", "token": "s3cret", "more": ["Bearer abcdefgh12"]}}
    text = shown(args, schema).fields[0].value
    assert "s3cret" not in text
    assert "abcdefgh12" not in text
    new, errors = answered(args, schema, auth=text.replace("ann", "bob"))
    assert (new, errors) == ({"auth": args["auth"] | {"user": "bob"}}, {})
    moved = text.replace('"token"', '"other"')
    assert "stands for a value that is not shown" in answered(args, schema, auth=moved)[1]["auth"]


MANY = {"type": "object", "properties": {f"a{n}": {"type": "integer"} for n in range(6)}}
TREE = {
    "type": "object",
    "properties": {"tree": {"$ref": "#/$defs/Tree"}},
    "$defs": {
        "Tree": {
            "type": "object",
            "properties": {"inner": {"type": "array", "items": {"$ref": "#/$defs/Tree"}}},
        }
    },
}


@pytest.mark.parametrize(
    ("schema", "args"),
    [
        (MANY, {"a1": 1}),
        (TREE, {"tree": {"inner": []}}),
        ({"type": "object"}, {"x": 1}),
        ({"type": "object", "properties": {"x": {}}}, {"y": 1}),
        (None, {"x": 1}),
        (SCALE | {"properties": {}}, {}),
    ],
)
def test_where_fields_do_not_do_the_arguments_are_one_json_text(
    schema: Mapping[str, Any] | None, args: dict[str, Any]
) -> None:
    (field,) = shown(args, schema).fields
    assert (field.name, field.kind, json.loads(field.value)) == ("arguments", FieldKind.TEXT, args)


def test_one_json_text_is_checked_against_the_schema() -> None:
    assert answered({"a1": 1}, MANY, arguments='{"a2": 2}') == ({"a2": 2}, {})
    for text, problem in {
        "[1]": "must be one object in JSON: all arguments by name",
        "{": "is not JSON: Expecting property name enclosed in double quotes, in line 1",
        '{"a2": "x", "a3": "y"}': "a2: 'x' is not of type 'integer'; a3: 'y' is not of type"
        " 'integer'",
    }.items():
        assert answered({"a1": 1}, MANY, arguments=text)[1] == {"arguments": problem}


def test_in_one_json_text_long_values_and_secrets_are_put_back() -> None:
    args = {"text": "x" * 2_000, "list": ["a", "y" * 2_000, "b"], "secret": 7, "n": 1}
    (field,) = shown(args, None).fields
    assert len(field.value) < 400
    new, errors = answered(args, None, arguments=field.value.replace('"n": 1', '"n": 2'))
    assert (new, errors) == (args | {"n": 2}, {})
    shorter = field.value.replace('"a",', "")
    assert answered(args, None, arguments=shorter)[0]["list"] == ["y" * 2_000, "b"]
    spoiled = field.value.replace("xxx…", "yyy…")
    assert (
        "stands for a value that is not shown"
        in answered(args, None, arguments=spoiled)[1]["arguments"]
    )


def test_arguments_that_fit_into_no_form_are_refused_with_another_way() -> None:
    with pytest.raises(FormTooLargeError, match="`liteagent approvals edit apr_1`"):
        shown({f"n{n}": n for n in range(1_000)}, None)


def test_a_form_that_was_open_while_the_tool_changed_is_not_read() -> None:
    answers = {field.name: field.value for field in shown(GIVEN).fields}
    assert set(read_answers(EXPOSE, {"service": "web", "ports": []}, answers)[1]) >= {"replicas"}


def test_values_of_several_types_keep_the_type_they_have() -> None:
    schema = {"type": "object", "properties": {"id": {"type": ["integer", "string", "null"]}}}
    assert answered({"id": "7"}, schema, id="8")[0] == {"id": "8"}
    assert answered({"id": 7}, schema, id="8")[0] == {"id": 8}
    assert answered({"id": 7}, schema, id="x8")[0] == {"id": "x8"}


def test_choices_that_are_no_text_and_too_many_choices() -> None:
    schema = {
        "type": "object",
        "properties": {
            "level": {"enum": [1, 2, 3]},
            "country": {"enum": [f"c{n}" for n in range(100)]},
        },
    }
    args = {"level": 1, "country": "c1"}
    level, country = shown(args, schema).fields
    assert (level.kind, level.choices) == (FieldKind.CHOICE, ("1", "2", "3"))
    assert (country.kind, country.choices) == (FieldKind.LINE, ())
    assert answered(args, schema, level="2", country="c99") == ({"level": 2, "country": "c99"}, {})
    assert answered(args, schema, country="x")[1]["country"].startswith("must be one of c0, c1")


@pytest.mark.parametrize("kind", ["tool", "unknown_outcome"])
def test_reject_asks_for_a_reason_that_may_be_empty_and_respond_for_what_to_tell(kind: str) -> None:
    reject, respond = (shown(GIVEN, None, verb, kind) for verb in (Verb.REJECT, Verb.RESPOND))
    assert [(f.name, f.required) for f in reject.fields] == [("reason", False)]
    assert [(f.name, f.required) for f in respond.fields] == [("content", True)]
    assert all(len(text) <= 24 for form in (reject, respond) for text in (form.title, form.submit))


def test_what_a_form_says_fits_into_both_platforms() -> None:
    name, about = "a_name_that_is_rather_long_but_below_eighty_characters", "words " * 60
    schema = {
        "type": "object",
        "properties": {name: {"type": "string", "description": about, "maxLength": 9}},
    }
    (field,) = shown({name: "x"}, schema).fields
    assert field.name == name
    assert (len(field.label), len(field.hint)) == (45, 100)
