"""Where something is said on a chat platform, and who says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from liteagent.events import Json
from liteagent.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One conversation of a platform, as its API names it."""

    team: str
    """The workspace or guild; empty in a Discord direct message."""
    channel: str
    """Where messages are posted. On Discord the thread itself, whose id is its root message's."""
    thread: str = ""
    """Slack's timestamp of the thread's root; empty outside threads, and on Discord."""
    parent: str = ""
    """On Discord the channel in which the thread stands; empty elsewhere."""
    direct: bool = False

    def to_json(self) -> dict[str, Json]:
        return msgspec.to_builtins(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Json]) -> Place:
        return msgspec.convert(value, cls)


class PersonKind(StrEnum):
    """What somebody is to the workspace."""

    MEMBER = "member"
    GUEST = "guest"
    EXTERNAL = "external"
    """Of another workspace, through a shared channel."""
    BOT = "bot"
    SELF = "self"
    """This account itself, in what was said in a thread so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whoever wrote or clicked, as far as the platform has said."""

    id: str
    """The platform's own."""
    name: str = ""
    team: str = ""
    kind: PersonKind = PersonKind.MEMBER
    email: str = ""
    groups: tuple[str, ...] = ()
    """Slack user groups or Discord roles, by id and by name, as they are now."""
    complete: bool = False
    """Whether name, kind, email and groups are known; else the platform has to be asked."""


def principal_of(person: Person, platform: str, *, claim: str, may_approve: bool) -> Principal:
    """The principal that a person acts as: `slack:T1:U1`, `discord:42`.

    `claim` is the name under which rules ask for the person's groups (`slack_groups`,
    `discord_roles`). Rules may name the person by e-mail address too, unless another workspace
    vouches for it, which may vouch for any.
    """
    parts = (platform, person.team, person.id) if platform == "slack" else (platform, person.id)
    claims = {claim: person.groups}
    if person.email and person.kind in (PersonKind.MEMBER, PersonKind.GUEST):
        claims["users"] = (person.email,)
    return Principal(
        id=":".join(parts),
        name=person.name or person.id,
        scopes=frozenset({"chat", "approve"} if may_approve else {"chat"}),
        claims=claims,
    )
