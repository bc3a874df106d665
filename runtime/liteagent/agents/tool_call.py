"""One tool call: run it, probe it, and say what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from liteagent.agents.env import Environment
from liteagent.agents.plan import failed, started, succeeded
from liteagent.agents.recover import unknown
from liteagent.agents.state import Call, SessionState
from liteagent.events import Draft
from liteagent.ids import split_entity
from liteagent.kernel import EffectContext
from liteagent.plugins import ToolBlockedError
from liteagent.principal import Principal
from liteagent.tools import ToolContext, ToolFailedError, ToolRunner


async def run_tool(
    call: Call, context: EffectContext[SessionState], env: Environment, runner: ToolRunner
) -> Sequence[Draft]:
    """Run a call whose intent is journaled; plugins may still forbid it."""
    tool = env.tool(env.spec(context.state.agent), call.tool)
    if tool is None:
        return (failed(call, "tool_missing", f"The tool {call.tool} is not available any more."),)
    ctx = tool_context(call, context)
    try:
        await env.lifecycle.before_tool_call(call.tool, call.args, ctx)
    except ToolBlockedError as error:
        return (failed(call, "blocked", str(error)),)
    try:
        result = await runner.run(tool, call.args, ctx)
    except ToolFailedError as error:
        await env.lifecycle.after_tool_call(
            call.tool, call.args, ctx, result=None, error=str(error)
        )
        return (failed(call, error.kind, str(error)),)
    await env.lifecycle.after_tool_call(call.tool, call.args, ctx, result=result, error=None)
    return (succeeded(call, result),)


async def probe_tool(
    call: Call,
    context: EffectContext[SessionState],
    env: Environment,
    runner: ToolRunner,
    now: float,
) -> Sequence[Draft]:
    """Find out whether an interrupted call happened: its outcome if so, another run if surely not,
    and a question to a person when even the probe cannot tell."""
    state = context.state
    spec = env.spec(state.agent)
    tool = env.tool(spec, call.tool)
    if tool is None or tool.probe is None:
        reason = f"{call.tool} has no probe any more."
        return unknown(state, call, now, spec, env, reason)
    try:
        happened = await runner.run(tool.probe, call.args, tool_context(call, context))
    except ToolFailedError as error:
        return unknown(state, call, now, spec, env, f"Its probe failed: {error}")
    if happened is True:
        text = f"{call.tool} had done its work when it was interrupted; its probe found it done."
        return (succeeded(call, text, source="probe"),)
    if happened is False:
        return (started(call, None),)
    return unknown(state, call, now, spec, env, "Its probe could not tell.")


def stopped(call: Call) -> Sequence[Draft]:
    """A call that was stopped while it ran: the model must not take it for undone."""
    message = f"{call.tool} was stopped while it ran; it may have done part of its work."
    return (failed(call, "cancelled", message),)


def tool_context(call: Call, context: EffectContext[SessionState]) -> ToolContext:
    """What the tool's function is given besides its arguments. It runs for whoever asked."""
    turn = context.state.turns[call.turn_id]
    session_id = split_entity(context.entity)[1]
    return ToolContext(
        session_id=session_id,
        turn_id=call.turn_id,
        call_id=call.call_id,
        principal=Principal.from_json(turn.principal),
        report=lambda text: context.progress(call.turn_id, call.call_id, text),
    )
