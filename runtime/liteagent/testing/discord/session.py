"""A gateway session: it outlives its connection, so that what was missed can be replayed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from liteagent.testing.discord.errors import Json
from liteagent.testing.discord.link import Link


@dataclass(slots=True, kw_only=True)
class Session:
    """`link` is None while nobody is connected; `ended` once it cannot be resumed any more."""

    id: str
    intents: int
    shard: int
    shards: int
    link: Link | None = None
    ended: bool = False
    sequence: int = 0
    sent: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])

    def serves(self, guild_id: int | None) -> bool:
        """Whether events of this guild are this shard's; those of no guild are shard 0's."""
        return self.shard == (0 if guild_id is None else (guild_id >> 22) % self.shards)

    def dispatch(self, name: str, data: Json) -> None:
        """Send an event, or keep it for a resume."""
        self.sequence += 1
        text = json.dumps({"op": 0, "d": data, "s": self.sequence, "t": name})
        self.sent.append((self.sequence, text))
        if self.link is not None:
            self.link.send_text(text)

    def resume(self, link: Link, sequence: int) -> None:
        """Continue on another connection, from behind the event that was last heard of."""
        self.link = link
        for number, text in self.sent:
            if number > sequence:
                link.send_text(text)
        self.dispatch("RESUMED", {})
