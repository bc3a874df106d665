"""Approval rules: which calls need a person, and which person."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from liteagent.approvals.digest import digest
from liteagent.errors import near_misses
from liteagent.principal import Principal

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def _seconds(value: Any) -> Any:
    """`30m`, `2h`, `90s`, `1d` or a number of seconds."""
    if isinstance(value, str):
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhd])", value.strip())
        if match is None:
            raise ValueError("a duration such as 30m, 2h or 90s")
        return float(match[1]) * _UNITS[match[2]]
    return value


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {"len": len, "lower": str.lower}
_NAMES = frozenset({"args", "tool", "principal", *_FUNCTIONS})
"""What an expression may speak of."""

Duration = Annotated[float, BeforeValidator(_seconds), Field(gt=0)]


class Approvers(BaseModel):
    """Who may decide: people by id, and members of what a door vouches for (`slack_groups`,
    `roles`, …).
    """

    model_config = ConfigDict(extra="allow", frozen=True)
    users: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _groups_are_lists(self) -> Approvers:
        for name, values in (self.model_extra or {}).items():
            if not isinstance(values, list) or not all(isinstance(v, str) for v in values):  # pyright: ignore[reportUnknownVariableType]
                raise ValueError(f"{name}: a list of names")
        return self

    def admit(self, principal: Principal) -> bool:
        """Whether this person is one of them; a door vouches for other names of theirs in the
        claim `users`, an e-mail address for one.
        """
        if not {principal.id, *principal.claims.get("users", ())}.isdisjoint(self.users):
            return True
        groups: Mapping[str, list[str]] = self.model_extra or {}
        return any(
            set(principal.claims.get(claim, ())).intersection(names)
            for claim, names in groups.items()
        )

    @property
    def sentence(self) -> str:
        """The approvers in words, for a card or an error."""
        groups: Mapping[str, list[str]] = self.model_extra or {}
        parts = [*self.users]
        parts += [
            f"{claim.replace('_', ' ')} {', '.join(names)}" for claim, names in groups.items()
        ]
        return "; ".join(parts)


def _expression(value: str) -> str:
    """Wrong ones are refused when they load: at a call they could only ask for everything."""
    try:
        parsed = ast.parse(value.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"an expression such as args.env == 'prod'; found {value!r}") from None
    names = [node for node in ast.walk(parsed) if isinstance(node, ast.Name)]
    known = _NAMES | {node.id for node in names if isinstance(node.ctx, ast.Store)}
    for node in names:
        if node.id not in known:
            raise ValueError(f"there is no {node.id!r} here: {near_misses(node.id, known)}")
    return value


class ApprovalRule(BaseModel):
    """One tool's rule in an agent's configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    when: Annotated[str, AfterValidator(_expression)] | None = None
    """An expression over `args`, `tool` and `principal`; left out: always."""
    approvers: Approvers | None = None
    quorum: int = Field(default=1, ge=1)
    requester_may_approve: bool = True
    expires: Duration | None = None
    """Seconds a request waits, and a grant may be used; None: for ever."""
    on_expiry: Literal["wait", "deny", "escalate"] = "wait"
    escalate_to: Approvers | None = None
    remind: Duration | None = None
    """Seconds after which people are reminded, once, of a request that is still open."""

    @model_validator(mode="after")
    def _fits_together(self) -> ApprovalRule:
        if self.on_expiry != "wait" and self.expires is None:
            raise ValueError(f"on_expiry: {self.on_expiry} needs expires (such as 30m)")
        if self.on_expiry == "escalate" and self.escalate_to is None:
            raise ValueError("on_expiry: escalate needs escalate_to, the people to ask next")
        ends = self.expires if self.on_expiry != "wait" else None
        if self.remind is not None and ends is not None and self.remind >= ends:
            raise ValueError("remind: has to come before expires")
        return self

    @property
    def version(self) -> str:
        """Changes whenever the rule does; a grant given under another one is void. When people are
        reminded changes nothing about who may consent to what.
        """
        return digest(self.model_dump(mode="json", exclude={"remind"}))[:16]


ALWAYS = ApprovalRule()
RuleSetting = Literal["always", "never"] | ApprovalRule


@dataclass(frozen=True, slots=True)
class Requirement:
    """A call needs a person: under which rule, and why when the rule itself could not be read."""

    rule: ApprovalRule
    note: str = ""


def required(
    setting: RuleSetting | None,
    tool_default: str | None,
    *,
    tool: str,
    args: Mapping[str, Any],
    principal: Principal,
) -> Requirement | None:
    """Whether this call needs approval. The agent's setting goes before the tool's own default.

    A `when` that cannot be evaluated counts as true: closed by default.
    """
    if setting is None:
        setting = "always" if tool_default == "always" else "never"
    if setting == "never":
        return None
    if setting == "always":
        return Requirement(ALWAYS)
    if setting.when is None:
        return Requirement(setting)
    try:
        applies = bool(_evaluate(setting.when, tool=tool, args=args, principal=principal))
    except Exception as error:  # noqa: BLE001 - the expression is the user's; any failure must ask a person
        return Requirement(setting, note=f"`when` could not be evaluated: {error}")
    return Requirement(setting) if applies else None


def _evaluate(
    expression: str, *, tool: str, args: Mapping[str, Any], principal: Principal
) -> object:
    # 10 ms, and only rules with `when` need it; it ships no types
    from simpleeval import EvalWithCompoundTypes  # pyright: ignore[reportMissingTypeStubs]

    names = {"args": dict(args), "tool": tool, "principal": principal.to_json()}
    evaluator = EvalWithCompoundTypes(names=names, functions=dict(_FUNCTIONS))
    return cast(object, evaluator.eval(expression))  # pyright: ignore[reportUnknownMemberType]
