"""The matrix: every kind of effect, killed at every moment, in a process with its own journal."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from liteagent.agents import SESSION
from liteagent.ids import entity_id
from liteagent.journal import Journal, Moment, open_sqlite
from liteagent.kernel import LocalRuntime, Outbox
from tests.chaos.checks import Conversation, post_faults
from tests.chaos.nursery import Nursery
from tests.chaos.program import DESTINATION, SESSION_ID, journal_of, world_of
from tests.chaos.scenarios import SCENARIOS, Scenario
from tests.chaos.world import POST, World

AT_ONCE = 2
IN_DOUBT = (Moment.AFTER_INTENT, Moment.AFTER_EFFECT)
"""Dying there leaves a begun effect behind, of which the journal does not know the end."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One square of the matrix."""

    scenario: Scenario
    moment: Moment

    @property
    def name(self) -> str:
        return f"{self.scenario.name}, {self.moment.value}"


CELLS = tuple(Cell(scenario, moment) for scenario in SCENARIOS.values() for moment in Moment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a conversation whose process was killed."""

    cell: Cell
    exits: tuple[int, ...]
    answered: int
    effects: int
    """Times that the effect in question has happened; for a model, times it was asked."""
    keys: int
    """Under so many keys."""
    asked: int
    """Times a person was asked about an unknown outcome, or a post was parked as unknown."""
    faults: tuple[str, ...]


def run_matrix(cells: Sequence[Cell] = CELLS) -> Mapping[Cell, Verdict]:
    """Kill and finish every conversation, two at a time."""
    nurseries: SimpleQueue[Nursery] = SimpleQueue()

    def run(cell: Cell) -> Verdict:
        nursery = nurseries.get()
        try:
            return _run(cell, nursery)
        finally:
            nurseries.put(nursery)

    with Nursery() as one, Nursery() as two, ThreadPoolExecutor(AT_ONCE) as pool:
        nurseries.put(one)
        nurseries.put(two)
        return dict(zip(cells, pool.map(run, cells), strict=True))


def _run(cell: Cell, nursery: Nursery) -> Verdict:
    with tempfile.TemporaryDirectory(prefix="liteagent-chaos-") as name:
        args = ("conversation", name, cell.scenario.name)
        crash_at = {"LITEAGENT_CRASH_AT": cell.scenario.crash_at(cell.moment)}
        exits = (nursery.run(*args, environ=crash_at), nursery.run(*args))
        return asyncio.run(_examine(cell, exits, Path(name)))


async def _examine(cell: Cell, exits: tuple[int, ...], folder: Path) -> Verdict:
    async with await open_sqlite(journal_of(folder)) as journal:
        return await examine(cell, exits, journal, world_of(folder), SESSION_ID)


async def examine(
    cell: Cell, exits: tuple[int, ...], journal: Journal, world: World, session: str
) -> Verdict:
    """Compare the journal, the world and what the cell promises."""
    scenario = cell.scenario
    conversation = await Conversation.read(journal, world, session)
    faults = conversation.faults(len(scenario.says))
    if exits != (-signal.SIGKILL, os.EX_OK):
        faults.append(f"the two lives ended with {exits}")
    asked = conversation.asked
    if scenario.sender is not None:
        outcomes = await outcomes_of(journal, conversation, DESTINATION)
        faults += post_faults(world.keys(POST), scenario.sender, outcomes)
        asked += list(outcomes.values()).count("unknown")
    if asked != _questions(cell):
        faults.append(f"{asked} questions were asked and {_questions(cell)} were due")
    done = world.keys(_line_of(scenario))
    return Verdict(
        cell=cell,
        exits=exits,
        answered=conversation.answered,
        effects=len(done),
        keys=len(set(done)),
        asked=asked,
        faults=tuple(faults),
    )


def _line_of(scenario: Scenario) -> str:
    """What the world calls the effect of a scenario."""
    if scenario.sender is not None:
        return POST
    return "gated" if scenario.name == "approval" else scenario.name


def _questions(cell: Cell) -> int:
    """How many questions about unknown outcomes there are to be: no more than needed, either."""
    if cell.scenario.name == "approval":
        # the decision and the intent to run what it allows are stored together
        return int(cell.moment is not Moment.BEFORE_INTENT)
    unsafe = cell.scenario.name in ("unsafe", "gated", "outbound plain")
    return int(unsafe and cell.moment in IN_DOUBT)


async def outcomes_of(
    journal: Journal, conversation: Conversation, destination: str
) -> Mapping[int, str]:
    """How the delivery of each answer ended, by its seq."""
    outbox = Outbox(LocalRuntime(journal, []), destination)  # to read with; it is not started
    entity = entity_id(SESSION, conversation.session)
    ended: dict[int, str] = {}
    for event in conversation.of_type("message.sent"):
        delivery = await outbox.posted(entity, event.seq)
        ended[event.seq] = "lost" if delivery is None else delivery.status.value
    return ended
