"""Messages, and what hangs on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from liteagent.testing.discord.errors import Json
from liteagent.testing.discord.people import User

EPHEMERAL = 1 << 6
LOADING = 1 << 7
HAS_THREAD = 1 << 5
COMPONENTS_V2 = 1 << 15
SUPPRESS_NOTIFICATIONS = 1 << 12
SUPPRESS_EMBEDS = 1 << 2

PLAIN, REPLY, COMMAND_ANSWER, THREAD_STARTER = 0, 19, 20, 21


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file on its way in."""

    filename: str
    content: bytes
    content_type: str = "application/octet-stream"
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that a message carries; `url` serves its bytes."""

    id: int
    filename: str
    content: bytes
    content_type: str
    url: str
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The message that another one answers."""

    message_id: int
    channel_id: int
    guild_id: int | None


@dataclass(slots=True, kw_only=True)
class Message:
    """A message as it stands now. `edited` is when it was last edited, in seconds since 1970;
    `reactions` has the ids of who reacted by emoji, in their order.
    """

    id: int
    channel_id: int
    guild_id: int | None
    author: User
    content: str = ""
    embeds: list[Json] = field(default_factory=list[Json])
    components: list[Json] = field(default_factory=list[Json])
    attachments: list[Attachment] = field(default_factory=list[Attachment])
    nonce: str | int | None = None
    reference: Reference | None = None
    reactions: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    mentions: list[int] = field(default_factory=list[int])
    mentioned_roles: list[int] = field(default_factory=list[int])
    mentions_everyone: bool = False
    created: float
    edited: float | None = None
    flags: int = 0
    type: int = PLAIN
    interaction_id: int | None = None
    interaction_user: User | None = None

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def buttons(self) -> list[Json]:
        """The buttons, wherever in the components they stand, in reading order."""
        return [part for part in walk(self.components) if part.get("type") == 2]

    def component(self, custom_id: str) -> Json | None:
        """The button or select with this custom id."""
        parts = (part for part in walk(self.components) if part.get("custom_id") == custom_id)
        return next(parts, None)


def walk(components: list[Json]) -> Iterator[Json]:
    """Every component, outer before inner."""
    for part in components:
        yield part
        inner: list[Json] = list(part.get("components") or ())
        inner += [
            one for key in ("accessory", "component") if isinstance(one := part.get(key), dict)
        ]  # pyright: ignore[reportUnknownVariableType]
        yield from walk(inner)
