"""The commands `approvals …`: the inbox of what waits for a person."""

from __future__ import annotations

import asyncio
import json as jsonlib
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Annotated, Any

import typer

from liteagent.approvals import Ballot, Verb
from liteagent.cli import options
from liteagent.cli.chat.renderer import Renderer
from liteagent.cli.chat.turns import OpenTurns
from liteagent.cli.doors import Decided, Door, Item, open_door
from liteagent.cli.failures import FAILED, WAITING, UsageError
from liteagent.cli.output import err, out
from liteagent.cli.questions import Question
from liteagent.cli.words import args_lines, time_text
from liteagent.events import Event

app = typer.Typer(no_args_is_help=True, help="What waits for a person, and deciding it.")

ApprovalId = Annotated[str, typer.Argument(metavar="ID", help="As `approvals list` shows it.")]


@app.command("list")
def list_(
    json: options.AsJson = False, server: options.Server = None, config: options.Config = None
) -> None:
    """What waits, oldest first."""
    asyncio.run(_list(json, server, config))


@app.command()
def approve(
    approval: ApprovalId, server: options.Server = None, config: options.Config = None
) -> None:
    """Let the call run as it is; after an unknown outcome: run it again."""
    _decide(approval, Ballot(verb=Verb.APPROVE), server, config)


@app.command()
def edit(
    approval: ApprovalId,
    args: Annotated[str, typer.Argument(metavar="JSON", help="The whole new arguments.")],
    server: options.Server = None,
    config: options.Config = None,
) -> None:
    """Let the call run with other arguments."""
    try:
        value: Any = jsonlib.loads(args)
    except jsonlib.JSONDecodeError as error:
        raise UsageError(f"The arguments are no JSON: {error}.") from error
    _decide(approval, Ballot(verb=Verb.EDIT, args=value), server, config)


@app.command()
def reject(
    approval: ApprovalId,
    reason: Annotated[str, typer.Option(help="What the agent is told.")] = "",
    server: options.Server = None,
    config: options.Config = None,
) -> None:
    """Keep the call from running; after an unknown outcome: count it as failed."""
    _decide(approval, Ballot(verb=Verb.REJECT, reason=reason), server, config)


@app.command()
def respond(
    approval: ApprovalId,
    content: Annotated[str, typer.Argument(metavar="TEXT", help="The call's result.")],
    server: options.Server = None,
    config: options.Config = None,
) -> None:
    """Give the result in place of the call, which does not run."""
    _decide(approval, Ballot(verb=Verb.RESPOND, content=content), server, config)


async def _list(json: bool, server: str | None, config: Path | None) -> None:
    async with open_door(server, config) as door:
        items = await door.approvals()
    if json:
        out().json([dict(item) for item in items])
    elif items:
        columns = ("id", "tool", "arguments", "agent", "asked by", "until", "note")
        out().table(columns, [_row(item) for item in items])
    else:
        out().line("Nothing waits for a person.")


def _row(item: Item) -> tuple[str, ...]:
    question, requester = Question.of_item(item), item["requester"]
    return (
        question.approval_id,
        question.tool,
        "\n".join(args_lines(question.args)),
        item.get("agent", ""),
        requester.get("name") or requester.get("id", ""),
        time_text(question.expires_at),
        "outcome unknown" if question.is_unknown_outcome else question.note,
    )


def _decide(approval: str, ballot: Ballot, server: str | None, config: Path | None) -> None:
    raise typer.Exit(asyncio.run(_decided(approval, ballot, server, config)))


async def _decided(approval: str, ballot: Ballot, server: str | None, config: Path | None) -> int:
    async with open_door(server, config) as door:
        item = await door.approval(approval)
        question = Question.of_item(item)
        if err().is_terminal and item["status"] == "pending":
            _show(question)
        decided = await door.decide(approval, ballot, question.digest)
        if not decided.final:
            out().line("Your vote is stored; it needs more of them.")
            return WAITING
        if door.server is not None:
            out().line(f"{ballot.verb.value} {approval}: done, and the server goes on with it.")
            return 0
        return await _see_it_through(door, approval, decided)


async def _see_it_through(door: Door, approval: str, decided: Decided) -> int:
    """Let the turn go on in this process, and show it: to its end, or to where it waits again."""
    answers, notes = out(), err()
    renderer = Renderer(answers, notes, streams=answers.is_terminal)
    renderer.expect(approval, decided.turn_id)
    turns = OpenTurns()
    async with aclosing(door.follow(decided.session_id, after=0)) as frames:
        async for frame in frames:
            if isinstance(frame, Event):
                turns.see(frame)
                if frame.seq < decided.seq:
                    continue
            renderer.show(frame)
            end = turns.end_of(decided.turn_id)
            if end is not None:
                return 0 if end.type == "turn.completed" else FAILED
            if turns.is_waiting(decided.turn_id):
                _tell(turns.questions(decided.turn_id))
                return WAITING
    return FAILED


def _show(question: Question) -> None:
    """What is decided on, in full."""
    err().line(f"{question.tool}:", "dim")
    for line in question.lines:
        err().line(f"  {line}", "dim")


def _tell(questions: Sequence[Question]) -> None:
    for question in questions:
        err().line(f"Next: {question.title} {question.commands(None)}", "yellow")
