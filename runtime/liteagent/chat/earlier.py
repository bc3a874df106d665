"""What was said in a thread before the agent was mentioned in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from liteagent.chat.account import Account
from liteagent.chat.inbound import Said
from liteagent.chat.places import PersonKind
from liteagent.events import Json

MOST_CHARACTERS = 40_000
"""The latest messages that fit are told."""


async def earlier(account: Account, said: Said) -> Sequence[Mapping[str, Json]]:
    """The thread up to a message, as the history of a new session: who said what, and when. Empty
    where the message stands in no thread, and for a direct one.
    """
    if said.place.direct or said.source != said.place:
        return ()
    before = await account.platform.thread_so_far(said.place, said.order)
    names = await _names(account, before)
    lines: list[str] = []
    left = MOST_CHARACTERS
    for each in reversed(before):
        when = datetime.fromtimestamp(each.ts, UTC).strftime("%Y-%m-%d %H:%M")
        files = f" [files: {', '.join(file.name for file in each.files)}]" if each.files else ""
        line = f"[{when} UTC] {names[each.person.id]}: {each.text}{files}"
        left -= len(line)
        if left < 0:
            break
        lines.append(line)
    if not lines:
        return ()
    told = "\n".join(("This was said in the thread before you were mentioned:", *reversed(lines)))
    return ({"role": "user", "content": told},)


async def _names(account: Account, messages: Sequence[Said]) -> Mapping[str, str]:
    names: dict[str, str] = {}
    for said in messages:
        person = said.person
        if person.id in names:
            continue
        if person.kind is PersonKind.SELF:
            names[person.id] = "You"
            continue
        known = person if person.name else await account.person(person, said.source)
        names[person.id] = known.name or person.id
    return names
