"""Users, and the guilds that they are members of."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class User:
    """Somebody with an account, bot or human."""

    id: int
    name: str
    bot: bool = False

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"


@dataclass(slots=True, kw_only=True)
class Role:
    """A role of one guild. The role everybody has carries the guild's own id."""

    id: int
    name: str
    permissions: int = 0


@dataclass(slots=True, kw_only=True)
class Member:
    """A user in one guild; `roles` without the one that everybody has."""

    user: User
    joined_at: float
    roles: set[int] = field(default_factory=set[int])


@dataclass(slots=True, kw_only=True)
class Guild:
    """What users call a server."""

    id: int
    name: str
    owner_id: int
    roles: dict[int, Role] = field(default_factory=dict[int, Role])
    members: dict[int, Member] = field(default_factory=dict[int, Member])
