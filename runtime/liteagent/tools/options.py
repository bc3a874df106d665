"""How a tool is to be run: what `@tool` takes besides the function."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict, cast

from liteagent.tools.effects import Effect
from liteagent.tools.errors import ToolDefinitionError

Approval = Literal["always", "never"]
Isolation = Literal["inline", "process"]
EffectName = Literal["pure", "idempotent", "reconcilable", "unsafe"]


class ToolSettings(TypedDict, total=False):
    """The keyword arguments of `@tool`, as its author writes them; `ToolOptions` explains them."""

    effect: Effect | EffectName
    approval: Approval
    probe: Callable[..., Any]
    timeout: float
    retries: int
    isolation: Isolation
    concurrency: int
    num_cpus: float
    num_gpus: float
    memory: int | str
    resources: Mapping[str, float]
    runtime_env: Mapping[str, Any]
    secrets: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolOptions:
    """How a tool is to be run, checked."""

    effect: Effect = Effect.UNSAFE
    approval: Approval | None = None
    """What the tool itself asks for; an agent's own rule comes first. None: it does not say."""
    timeout: float | None = None
    """Seconds from its start until it is stopped; the time it waits in a queue does not count."""
    retries: int = 0
    """Further tries after a failure; only for effects that may be repeated."""
    isolation: Isolation = "inline"
    """`process`: in a process of its own, which is killed to stop it."""
    concurrency: int | None = None
    """Calls of this tool that may run at once in one process; more wait."""
    num_cpus: float | None = None
    num_gpus: float | None = None
    memory: int | None = None
    """Bytes to reserve. The resources are honoured where tools run on a cluster."""
    resources: Mapping[str, float] = field(default_factory=dict[str, float])
    runtime_env: Mapping[str, Any] = field(default_factory=dict[str, Any])
    secrets: tuple[str, ...] = ()
    """Names of the environment variables that the tool may read through its context."""


def read_options(settings: ToolSettings, where: str) -> ToolOptions:
    """The checked form of `settings`; `where` names the function in a `ToolDefinitionError`."""
    values: dict[str, Any] = {**settings}
    probe = values.pop("probe", None)
    unknown = values.keys() - ToolOptions.__dataclass_fields__.keys()
    if unknown:
        raise _misfit(where, f"there is no option {sorted(unknown)[0]!r}")
    values["effect"] = _one_of(Effect, values.get("effect", Effect.UNSAFE), where)
    if "memory" in values:
        values["memory"] = _bytes(values["memory"], where)
    if "secrets" in values:
        values["secrets"] = tuple(values["secrets"])
    options = ToolOptions(**values)
    problem = _problem(options, has_probe=probe is not None)
    if problem:
        raise _misfit(where, problem)
    return options


def _problem(options: ToolOptions, *, has_probe: bool) -> str | None:
    """What contradicts itself, or None."""
    if (options.effect is Effect.RECONCILABLE) != has_probe:
        return "effect='reconcilable' and probe=function belong together"
    if options.retries and not options.effect.repeatable:
        return f"retries are for pure and idempotent tools, and this one is {options.effect.value}"
    if options.retries < 0:
        return "retries must be 0 or more"
    if options.timeout is not None and options.timeout <= 0:
        return "timeout must be more than 0 seconds"
    if options.concurrency is not None and options.concurrency < 1:
        return "concurrency must be 1 or more"
    if options.isolation not in ("inline", "process"):
        return "isolation must be 'inline' or 'process'"
    if options.approval not in (None, "always", "never"):
        return "approval must be 'always' or 'never'"
    return None


def _one_of(kind: type[Effect], value: object, where: str) -> Effect:
    try:
        return kind(cast(str, value))
    except ValueError:
        names = ", ".join(repr(member.value) for member in kind)
        raise _misfit(where, f"effect must be one of {names}, not {value!r}") from None


def _bytes(value: int | str, where: str) -> int:
    from pydantic import ByteSize, TypeAdapter, ValidationError

    try:
        return int(TypeAdapter(ByteSize).validate_python(value))
    except ValidationError:
        raise _misfit(
            where, f"memory must be bytes or a text such as '2GiB', not {value!r}"
        ) from None


def _misfit(where: str, problem: str) -> ToolDefinitionError:
    return ToolDefinitionError(f"{where} cannot be a tool: {problem}.")
