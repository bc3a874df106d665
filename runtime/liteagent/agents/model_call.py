"""One model call: stream it, and say what came of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import aclosing
from typing import Any

from liteagent.agents.context import model_request
from liteagent.agents.env import Environment
from liteagent.agents.models_to_try import EMPTY
from liteagent.agents.spec import AgentSpec
from liteagent.agents.state import ModelCall, SessionState
from liteagent.errors import LiteAgentException
from liteagent.events import Draft
from liteagent.ids import split_entity
from liteagent.kernel import EffectContext
from liteagent.messages import ModelRequest, ModelResponse, TextDelta, ToolCall, ToolSchema
from liteagent.models import Fault, ModelError, Provider, TokenCounter, estimate_cost, reason_of
from liteagent.tools import ToolArgumentsError

INVALID_ARGUMENTS = "invalid_arguments"
UNKNOWN_TOOL = "unknown_tool"


async def call_model(
    call: ModelCall, context: EffectContext[SessionState], env: Environment
) -> Sequence[Draft]:
    """Ask the model and journal its answer, its calls and their faults; a failure becomes
    `model.failed`.
    """
    state = context.state
    context.open_text(call.turn_id, call.seq)
    try:
        spec = env.agents.get(state.agent)
        response = await _ask(call, state, spec, context, env)
    except ModelError as error:
        env.health.failed(call.model, reason_of(error.fault), error.retry_after)
        shown = _shown(context)
        return (model_failed(call, error.fault.value, str(error), error.retry_after, shown),)
    except LiteAgentException as error:
        return (model_failed(call, Fault.INVALID.value, str(error), None, _shown(context)),)
    env.health.succeeded(call.model)
    if not response.text.strip() and not response.tool_calls:
        message = f"{call.model} gave an empty answer."
        if response.finish_reason == "length":
            message = (
                f"{call.model} used up its tokens before it said anything; raise `max_tokens` in"
                " the agent's model_settings, or lower `reasoning_effort`."
            )
        return (model_failed(call, EMPTY, message, None, _shown(context)),)
    return responded(call, response, state, spec, env)


async def _ask(
    call: ModelCall,
    state: SessionState,
    spec: AgentSpec,
    context: EffectContext[SessionState],
    env: Environment,
) -> ModelResponse:
    provider, model = env.models.resolve(call.model)
    counter = TokenCounter(call.model)
    request = model_request(
        state, spec, call.model, model, offered(state, spec, env), counter.count
    )
    session_id = split_entity(context.entity)[1]
    await env.lifecycle.before_model_call(session_id, request)
    response = await _stream(provider, request, call, context)
    await env.lifecycle.after_model_call(session_id, request, response)
    return response


async def _stream(
    provider: Provider,
    request: ModelRequest,
    call: ModelCall,
    context: EffectContext[SessionState],
) -> ModelResponse:
    async with aclosing(provider.stream(request)) as items:
        async for item in items:
            if not isinstance(item, TextDelta):
                return item
            context.write(item.text)
    raise ModelError(
        f"{call.model} ended its answer early.", fault=Fault.TRANSIENT, model=call.model
    )


def offered(state: SessionState, spec: AgentSpec, env: Environment) -> list[ToolSchema]:
    """The tools that the model is told of: the agent's, then the client's own."""
    tools: list[ToolSchema] = []
    for name in spec.tools:
        tool = env.tool(spec, name)
        if tool is not None:
            tools.append(tool.schema())
    for t in state.client_tools:
        client = ToolSchema(
            name=t["name"], description=t["description"], parameters=t["parameters"]
        )
        tools.append(client)
    return tools


def responded(
    call: ModelCall,
    response: ModelResponse,
    state: SessionState,
    spec: AgentSpec,
    env: Environment,
) -> Sequence[Draft]:
    """The answer, and each of its calls as requested; calls that cannot run are refused at once.
    The client's own are handed over when the others have their outcomes.
    """
    ours, client = _divided(response.tool_calls, state)
    limit = spec.limits.max_tool_calls
    calls = [_renamed(c, f"call_{call.seq}_{i}") for i, c in enumerate(ours[:limit])]
    drafts = [_answer(call, response, calls, client)]
    for tool_call in calls:
        drafts.extend(_requested(call, tool_call, spec, env))
    dropped = len(ours) - len(calls)
    if dropped:
        drafts[0] = _with_note(drafts[0], dropped, limit)
    return drafts


def _divided(
    calls: Sequence[ToolCall], state: SessionState
) -> tuple[Sequence[ToolCall], Sequence[ToolCall]]:
    """Our calls, and the client's."""
    if not state.client_tools:
        return calls, ()
    names = {tool["name"] for tool in state.client_tools}
    ours = [call for call in calls if call.name not in names]
    return ours, [call for call in calls if call.name in names]


def _renamed(call: ToolCall, call_id: str) -> ToolCall:
    """Models repeat their ids from turn to turn; ours are unique in the session."""
    return ToolCall(id=call_id, name=call.name, arguments=call.arguments)


def _answer(
    call: ModelCall,
    response: ModelResponse,
    calls: Sequence[ToolCall],
    client: Sequence[ToolCall],
) -> Draft:
    usage = response.usage
    cost = estimate_cost(
        usage.input_tokens,
        usage.output_tokens,
        call.model,
        cached_tokens=usage.cached_tokens,
    )
    data: dict[str, Any] = {
        "turn_id": call.turn_id,
        "request": call.seq,
        "model": response.model or call.model,
        "text": response.text,
        "tool_calls": [c.to_json() for c in calls],
        "finish_reason": response.finish_reason,
        "usage": usage.to_json(),
        "cost_usd": cost,
    }
    if client:
        data["client_calls"] = [c.to_json() for c in client]
    if response.opaque:
        items = [item.to_json() for item in response.opaque]
        data["opaque"] = {"model": call.model, "items": items}
    return Draft("model.responded", data)


def _with_note(draft: Draft, dropped: int, limit: int) -> Draft:
    note = f"[{dropped} more tool calls were left out: at most {limit} in one answer.]"
    text = f"{draft.data['text']}\n{note}".strip()
    return Draft(draft.type, {**draft.data, "text": text, "dropped_calls": dropped})


def _requested(
    call: ModelCall, tool_call: ToolCall, spec: AgentSpec, env: Environment
) -> list[Draft]:
    tool = env.tool(spec, tool_call.name)
    base = {"turn_id": call.turn_id, "call_id": tool_call.id, "tool": tool_call.name}
    if tool is None:
        known = ", ".join(spec.tools) or "none"
        message = f"There is no tool {tool_call.name!r}. Your tools: {known}."
        return _refused(base, tool_call, UNKNOWN_TOOL, message)
    try:
        args = tool.bind(tool_call.arguments)
    except ToolArgumentsError as error:
        return _refused(base, tool_call, INVALID_ARGUMENTS, str(error))
    return [Draft("tool.requested", {**base, "args": args, "effect": tool.effect.value})]


def _refused(base: dict[str, Any], tool_call: ToolCall, kind: str, message: str) -> list[Draft]:
    requested = {**base, "args": _as_written(tool_call.arguments), "effect": "unsafe"}
    error = {"kind": kind, "message": message}
    return [Draft("tool.requested", requested), Draft("tool.failed", {**base, "error": error})]


def _as_written(arguments: str) -> Any:
    """As JSON where it is, else as the text itself; a number that JSON cannot say makes it text."""
    try:
        value = json.loads(arguments)
        json.dumps(value, allow_nan=False)
    except (ValueError, RecursionError):
        return arguments
    return value


def stopped(call: ModelCall, context: EffectContext[SessionState]) -> Sequence[Draft]:
    """A call that was stopped keeps the text that had come."""
    data: dict[str, Any] = {
        "turn_id": call.turn_id,
        "request": call.seq,
        "model": call.model,
        "text": _shown(context),
        "tool_calls": [],
        "finish_reason": "cancelled",
        "partial": True,
        "usage": {"input_tokens": 0, "output_tokens": 0, "cached_tokens": 0, "estimated": True},
        "cost_usd": 0.0,
    }
    return (Draft("model.responded", data),)


def _shown(context: EffectContext[SessionState]) -> str:
    """What watchers have seen of the answer."""
    return context.live.text if context.live is not None else ""


def model_failed(
    call: ModelCall, fault: str, message: str, retry_after: float | None, text: str = ""
) -> Draft:
    """The event of a model call that gave no answer; `text` is what watchers had seen of one."""
    data: dict[str, Any] = {
        "turn_id": call.turn_id,
        "request": call.seq,
        "model": call.model,
        "fault": fault,
        "message": message,
    }
    if retry_after is not None:
        data["retry_after"] = retry_after
    if text:
        data["text"] = text
    return Draft("model.failed", data)
