"""`@tool` on typed functions: what becomes the schema, and what is refused."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, BaseModel, Field

import liteagent
from liteagent.tools import Effect, ToolContext, ToolDefinitionError, schema_tool

if TYPE_CHECKING:
    from nowhere import Missing


class Filter(BaseModel):
    tag: str


@dataclass
class Place:
    city: str


@liteagent.tool
def search(
    query: str,
    k: Annotated[int, Field(ge=1, le=50, description="How many, of Field.")] = 5,
    mode: Literal["fast", "deep"] = "fast",
    where: Filter | None = None,
    *,
    context: ToolContext,
) -> list[str]:
    """Search the index.

    It takes a while.

    Args:
        query: What to look for,
            in words.
        k: How many, of the docstring.
        mode: How hard to look.
        where: Which part.

    Returns:
        The hits.

    Raises:
        ValueError: When the query is silly.

    Note:
        Slow on Sundays.
    """
    return [query]


def properties(function: Any) -> dict[str, Any]:
    return function.tool.parameters["properties"]


def test_the_schema_is_closed_and_keeps_constraints_choices_and_defaults() -> None:
    parameters = search.tool.parameters

    assert parameters["additionalProperties"] is False
    assert parameters["required"] == ["query"]
    assert parameters["properties"]["k"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 50,
        "default": 5,
        "description": "How many, of Field.",
    }
    assert parameters["properties"]["mode"]["enum"] == ["fast", "deep"]
    assert "title" not in json.dumps({**parameters, "$defs": None})


def test_arguments_get_their_descriptions_from_the_docstring() -> None:
    assert properties(search)["query"]["description"] == "What to look for, in words."
    assert properties(search)["where"]["description"] == "Which part."


def test_the_description_keeps_all_but_the_arguments() -> None:
    assert search.tool.description == (
        "Search the index.\n\nIt takes a while.\n\nReturns:\n- The hits.\n\n"
        "Raises:\n- ValueError: When the query is silly.\n\nNote: Slow on Sundays."
    )
    assert search.tool.warnings == ()


def test_the_context_is_no_argument() -> None:
    assert "context" not in properties(search)


def test_the_decorated_function_is_still_the_function(ctx: ToolContext) -> None:
    assert search("x", context=ctx) == ["x"]
    assert search.__name__ == "search"
    assert search.__doc__.startswith("Search the index.")


async def test_a_function_is_called_with_the_types_it_names(ctx: ToolContext) -> None:
    @liteagent.tool
    async def plan(when: datetime, places: list[Place], ctx: ToolContext | None = None) -> Any:
        return when.year, places, ctx is not None

    args = plan.tool.bind({"when": "2026-02-03T04:05:06", "places": [{"city": "Rome"}]})

    assert args == {"when": "2026-02-03T04:05:06", "places": [{"city": "Rome"}]}
    assert await plan.tool.call(args, ctx) == (2026, [Place("Rome")], True)


def test_parameters_may_have_any_name() -> None:
    @liteagent.tool
    def odd(json: str, model_config: int, schema: str = "s", _hidden: bool = True) -> None:
        """Odd names."""

    bound = odd.tool.bind({"json": "j", "model_config": 1})
    assert bound == {"json": "j", "model_config": 1, "schema": "s", "_hidden": True}


def test_a_default_of_none_makes_a_parameter_optional() -> None:
    @liteagent.tool
    def sloppy(name: str = None) -> None:  # type: ignore[assignment]  # noqa: RUF013
        """Sloppy."""

    assert sloppy.tool.bind({}) == {"name": None}
    assert sloppy.tool.bind({"name": None}) == {"name": None}


def test_name_description_and_options_may_be_given() -> None:
    @liteagent.tool(
        "other",
        "Does it.",
        effect="idempotent",
        approval="always",
        retries=2,
        concurrency=3,
        num_cpus=0.5,
        num_gpus=1,
        memory="2GiB",
        resources={"disk": 1},
        runtime_env={"pip": ["x"]},
        secrets=["TOKEN"],
    )
    def inner() -> None: ...

    made = inner.tool
    assert (made.name, made.description, made.approval) == ("other", "Does it.", "always")
    assert (made.effect, made.retries, made.concurrency) == (Effect.IDEMPOTENT, 2, 3)
    assert (made.num_cpus, made.num_gpus, made.memory) == (0.5, 1, 2 * 1024**3)
    assert (made.resources, made.runtime_env) == ({"disk": 1}, {"pip": ["x"]})
    assert made.secrets == ("TOKEN",)


def test_without_options_a_tool_is_unsafe_and_says_nothing_of_approval() -> None:
    assert (search.tool.effect, search.tool.approval) == (Effect.UNSAFE, None)


def test_what_its_author_forgot_is_data_and_no_python_warning() -> None:
    @liteagent.tool
    def bare(x, y: int):  # type: ignore[no-untyped-def]
        """Bare.

        Args:
            z: Not there.
        """

    @liteagent.tool
    def silent() -> None: ...

    assert silent.tool.warnings == (
        "silent has no description: models cannot know when to use it.",
    )
    assert bare.tool.warnings == (
        "bare: nothing describes the parameter x.",
        "bare: nothing describes the parameter y.",
        "bare: the parameter x has no type, so any JSON fits.",
        "bare: the docstring describes z, which is no parameter.",
    )


def refusal(function: Callable[..., Any], **options: Any) -> str:
    """The sentence that refuses it."""
    with pytest.raises(ToolDefinitionError) as caught:
        _ = liteagent.tool(**options)(function).tool
    return str(caught.value)


def test_an_annotation_that_cannot_be_resolved_names_function_line_and_parameter() -> None:
    def broken(good: int, bad: Missing) -> None: ...

    sentence = refusal(broken)
    assert f"broken ({__file__}:{broken.__code__.co_firstlineno})" in sentence
    assert "the annotation 'Missing' of bad cannot be resolved" in sentence


def test_a_type_without_a_json_schema_names_the_parameter() -> None:
    def broken(good: int, run: Callable[[], int]) -> None: ...

    assert "the type of run has no JSON schema" in refusal(broken)


@pytest.mark.parametrize("default", ["five", object(), Field(5)])
def test_a_default_that_does_not_fit_its_type_names_the_parameter(default: Any) -> None:
    def broken(k: int = default) -> None: ...

    assert "of k does not fit its type or has no JSON form" in refusal(broken)


def test_parameters_that_have_no_name_or_cannot_be_named_are_refused() -> None:
    def stars(*args: int) -> None: ...
    def positional(x: int, /) -> None: ...

    assert "*args: 'int' has no fixed name or type" in refusal(stars)
    assert "x is positional-only" in refusal(positional)


def test_a_method_is_refused_and_a_bound_one_is_a_tool() -> None:
    class Box:
        def __init__(self, content: str) -> None:
            self.content = content

        def look(self, twice: bool) -> str:
            """Look into it."""
            return self.content * (2 if twice else 1)

    assert "make tools of bound ones, tool(instance.look)" in refusal(Box.look)
    bound = liteagent.tool(Box("x").look)
    assert bound.tool.name == "look"
    assert bound(twice=True) == "xx"


def test_a_generator_is_refused() -> None:
    async def stream() -> AsyncIterator[str]:
        yield "x"

    assert "say what happens meanwhile with ctx.progress()" in refusal(stream)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"effect": "harmless"}, "effect must be one of 'pure', 'idempotent'"),
        ({"effect": "reconcilable"}, "and probe=function belong together"),
        ({"probe": lambda: True}, "and probe=function belong together"),
        ({"retries": 1}, "retries are for pure and idempotent tools, and this one is unsafe"),
        ({"effect": "pure", "retries": -1}, "retries must be 0 or more"),
        ({"timeout": 0}, "timeout must be more than 0 seconds"),
        ({"concurrency": 0}, "concurrency must be 1 or more"),
        ({"isolation": "thread"}, "isolation must be 'inline' or 'process'"),
        ({"approval": "maybe"}, "approval must be 'always' or 'never'"),
        ({"memory": "much"}, "memory must be bytes or a text such as '2GiB'"),
        ({"timeot": 1}, "there is no option 'timeot'"),
    ],
)
def test_options_that_contradict_each_other_are_refused(
    options: dict[str, Any], problem: str
) -> None:
    async def broken() -> None: ...

    assert problem in refusal(broken, **options)


def test_a_name_that_no_provider_takes_is_refused() -> None:
    async def fine() -> None: ...

    assert "cannot be named 'two words'" in refusal(fine, name="two words")


def test_a_plain_function_with_a_timeout_that_no_process_can_find_is_refused() -> None:
    def local() -> None: ...

    assert "move it there, or make it async and inline" in refusal(local, timeout=1)


def test_a_type_that_changes_what_it_has_read_is_refused_when_it_is_used() -> None:
    @liteagent.tool
    def read(path: Annotated[str, AfterValidator(lambda path: f"/srv/{path}")]) -> None: ...

    with pytest.raises(ToolDefinitionError, match="nobody can approve what the function gets"):
        read.tool.bind({"path": "x"})


async def test_a_probe_takes_those_arguments_of_its_tool_that_it_names(ctx: ToolContext) -> None:
    def was_sent(order: int, ctx: ToolContext) -> bool:
        return order == 7 and ctx.call_id == "call_1"

    @liteagent.tool(effect="reconcilable", probe=was_sent, approval="always")
    def send(order: int, text: str) -> None:
        """Send it."""

    probe = send.tool.probe
    assert probe is not None
    assert (probe.effect, probe.approval) == (Effect.PURE, None)
    assert await probe.call(send.tool.bind({"order": 7, "text": "x"}), ctx) is True


def test_a_probe_that_wants_more_than_its_tool_has_is_refused() -> None:
    def was_sent(number: int) -> bool:
        return True

    def send(order: int) -> None:
        """Send it."""

    sentence = refusal(send, effect="reconcilable", probe=was_sent)
    assert "it takes number, which send does not" in sentence


async def test_a_tool_from_a_json_schema_checks_and_calls_its_handler(ctx: ToolContext) -> None:
    async def handle(arguments: dict[str, Any], ctx: ToolContext) -> Any:
        return arguments["x"] + 1

    schema = {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]}
    made = schema_tool("remote", "Adds one.", schema, handle, timeout=5, effect="pure")

    assert made.schema().parameters == schema
    assert await made.call(made.bind('{"x": 1}'), ctx) == 2
