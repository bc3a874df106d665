"""Requests that came while nobody served, and are too old to be acted on without asking."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from liteagent.agents import AgentSpec
from liteagent.approvals import RuleSetting
from liteagent.chat.account import Account
from liteagent.chat.inbound import Said, from_json, to_json
from liteagent.chat.places import Place
from liteagent.errors import AgentNotFoundError, ConflictError
from liteagent.events import Json
from liteagent.journal import Record
from liteagent.tools import Effect, Tool

OLD_SECONDS = 3600.0
FindTool = Callable[[str], Tool | None]


class Offers:
    """Messages that are answered once somebody says `!catchup`, in the journal."""

    def __init__(self, account: Account, find_tool: FindTool) -> None:
        """A tool that `find_tool` does not know is taken for one that does something."""
        self._account, self._find_tool = account, find_tool
        self._collection = f"chat-offers/{account.name}"

    def is_due(self, said: Said, agent: str) -> bool:
        """Whether a message is offered: it was found by looking back, it is older than an hour, and
        its agent has a tool that does something.
        """
        if not said.late or self._account.clock.now() - said.ts <= OLD_SECONDS:
            return False
        try:
            spec = self._account.sessions.agents.get(agent)
        except AgentNotFoundError:
            return False
        return can_act(spec, self._find_tool)

    async def add(self, said: Said) -> None:
        """Offer a message in its conversation, together with those that are offered there."""

        def also(offered: Sequence[Said]) -> Sequence[Said]:
            others = [each for each in offered if each.id != said.id]
            return sorted([*others, said], key=lambda each: each.order)

        key, offered = await self._change(said.conversation, f"offer:{said.id}", also)
        await self._account.show(said.place, key, _offer(offered))

    async def get(self, conversation: str) -> Sequence[Said]:
        """The messages that are offered there, in their order."""
        return _offered(await self._account.journal.get_record(self._collection, conversation))

    async def settle(self, conversation: str, taken: Sequence[Said], place: Place) -> None:
        """These messages were taken up."""
        ids = {each.id for each in taken}

        def without(offered: Sequence[Said]) -> Sequence[Said]:
            return [each for each in offered if each.id not in ids]

        key, left = await self._change(conversation, "", without)
        if not left:
            await self._account.show(place, key, "I took up what came while I was away.")

    async def _change(
        self, conversation: str, new_key: str, change: Callable[[Sequence[Said]], Sequence[Said]]
    ) -> tuple[str, Sequence[Said]]:
        """The key under which the offer is shown, and what is offered now."""
        journal = self._account.journal
        while True:
            record = await journal.get_record(self._collection, conversation)
            before = _offered(record)
            key: str = record.value["key"] if record is not None and before else new_key
            after = change(before)
            value = {"key": key, "items": [to_json(each) for each in after]}
            version = 0 if record is None else record.version
            try:
                await journal.put_record(self._collection, conversation, value, expected=version)
            except ConflictError:
                continue
            return key, after


def can_act(spec: AgentSpec, find_tool: FindTool) -> bool:
    """Whether an agent has a tool that a person has to approve, or that cannot be repeated."""
    for name in spec.tools:
        tool = find_tool(name)
        if tool is None or tool.effect is Effect.UNSAFE:
            return True
        setting: RuleSetting | str | None = spec.approval.get(name, tool.approval)
        if setting not in (None, "never"):
            return True
    return False


def _offer(messages: Sequence[Said]) -> str:
    many = len(messages) > 1
    what = f"{len(messages)} messages" if many else "1 message"
    it = "them" if many else "it"
    return (
        f"{what} came here while I was away. I have not acted on {it}, because what was asked for"
        f" then may not be wanted now: say `!catchup`, and I take {it} up."
    )


def _offered(record: Record | None) -> Sequence[Said]:
    if record is None:
        return []
    items: Sequence[Mapping[str, Json]] = record.value["items"]
    read = (from_json(item) for item in items)
    return [item for item in read if isinstance(item, Said)]
