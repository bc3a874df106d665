"""The Runtime on a Ray cluster."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from liteagent.cluster.errors import HostLostError
from liteagent.cluster.hosts import Hosts
from liteagent.cluster.ownership import host_of
from liteagent.cluster.placement import Placer, Seat
from liteagent.cluster.resume import Place
from liteagent.errors import (
    FencedError,
    LiteAgentException,
    RuntimeClosedError,
    SequenceConflictError,
)
from liteagent.events import Json
from liteagent.ids import Ids, RandomIds
from liteagent.journal import Journal
from liteagent.kernel import Command, Frame, OwnedElsewhereError

MOVED = (
    HostLostError,
    OwnedElsewhereError,
    FencedError,
    SequenceConflictError,
    RuntimeClosedError,
)
"""Raised where an entity is not, or is no longer: worth asking again elsewhere."""
MOST_MOVES = 20
LIFE_SECONDS = 10.0
"""A host that says nothing for so long is taken for dead; if it lives, its epochs are fenced."""


class RayRuntime:
    """A `Runtime` whose entities live in host actors. The journal stays the caller's.

    A call that a dying host may or may not have carried out is made again: every command carries a
    key, under which it acts once.
    """

    def __init__(
        self, journal: Journal, hosts: Hosts, placer: Placer, *, ids: Ids | None = None
    ) -> None:
        self._journal, self._hosts, self._placer = journal, hosts, placer
        self._ids = ids or RandomIds()
        self._closed = False

    @property
    def journal(self) -> Journal:
        return self._journal

    async def ask(self, entity: str, command: Command) -> Json:
        command = self._keyed(command)
        host = await self._host_of(entity, command)
        for _ in range(MOST_MOVES):
            self._check_open()
            try:
                return await self._hosts.ask(host, entity, command)
            except MOVED as error:
                host = await self._after(error, host, entity, command)
        raise _restless(entity)

    async def stream(
        self, entity: str, *, after: int | None = None, command: Command | None = None
    ) -> AsyncGenerator[Frame]:
        place = Place(0 if after is None and command is None else after)
        command = None if command is None else self._keyed(command)
        host = await self._host_of(entity, command)
        moves = 0
        while moves < MOST_MOVES:
            self._check_open()
            try:
                stream = self._hosts.stream(host, entity, place.after, command)
                async with aclosing(stream) as batches:
                    async for batch in batches:
                        moves = 0
                        for frame in place.unseen(batch):
                            yield frame
            except MOVED as error:
                moves += 1
                host = await self._after(error, host, entity, command)
            if place.replied:
                command = None
        raise _restless(entity)

    async def delete(self, entity: str) -> None:
        host = await self._host_of(entity, None)
        for _ in range(MOST_MOVES):
            self._check_open()
            try:
                return await self._hosts.delete(host, entity)
            except MOVED as error:
                host = await self._after(error, host, entity, None)
        raise _restless(entity)

    async def close(self) -> None:
        self._closed = True

    # -- where

    async def _host_of(self, entity: str, command: Command | None) -> str:
        seat = await self._seat(entity, command)
        if seat.pool.dedicated:
            self._hosts.ensure(seat.host, seat.pool)
        return seat.host

    async def _seat(self, entity: str, command: Command | None) -> Seat:
        if self._placer.is_uniform:
            return self._placer.seat(entity, "")
        row = await self._journal.head(entity)
        agent = row.head.agent if row is not None else ""
        return self._placer.seat(entity, agent or _agent_in(command))

    async def _after(
        self, error: LiteAgentException, host: str, entity: str, command: Command | None
    ) -> str:
        """Where to ask next."""
        if isinstance(error, OwnedElsewhereError):
            return await self._toward(error, host)
        belongs = await self._host_of(entity, command)
        if isinstance(error, RuntimeClosedError) and belongs == host:
            raise error  # that host is stopping, and there is no other
        if isinstance(error, HostLostError):
            await self._hosts.until_up(belongs)
        return belongs

    async def _toward(self, error: OwnedElsewhereError, asked: str) -> str:
        """To the owner while it works on the entity; if it is dead, back to the one that was asked,
        which may take the entity then. An owner outside of the cluster is left alone.
        """
        owner = host_of(error.owner)
        if owner is None:
            raise error
        if await self._lives(owner, error.owner):
            return owner
        await self._hosts.wake(asked, [], gone=[error.owner])
        return asked

    async def _lives(self, host: str, owner: str) -> bool:
        """Whether the host is still the incarnation that this owner is."""
        try:
            return (await asyncio.wait_for(self._hosts.identity(host), LIFE_SECONDS)).owner == owner
        except (HostLostError, TimeoutError):
            return False

    # -- what

    def _keyed(self, command: Command) -> Command:
        return command if command.get("key") else {**command, "key": self._ids.new("call")}

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeClosedError("The runtime was closed; open another one.")


def _agent_in(command: Command | None) -> str:
    """The agent that a command makes an entity for, if it makes one."""
    if command is None:
        return ""
    made: Any = command.get("create") or command
    return str(made.get("agent") or "")


def _restless(entity: str) -> RuntimeClosedError:
    return RuntimeClosedError(
        f"{entity} moved between hosts {MOST_MOVES} times without an answer; try again soon."
    )
