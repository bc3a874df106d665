"""Who somebody is: a member of which guild, and with which roles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from liteagent.chat.places import Person, PersonKind, Place
from liteagent.clock import Clock
from liteagent_discord.errors import (
    MISSING_ACCESS,
    UNKNOWN_MEMBER,
    UNKNOWN_USER,
    DiscordError,
)
from liteagent_discord.events import name_of
from liteagent_discord.rest import Rest

KEEP_SECONDS = 60.0
NOW_SECONDS = 3.0
"""What a click itself said of whoever clicked is what they are now for so long."""
MOST_KEPT = 5000
MOST_GUILDS = 10
UNKNOWN_GUILD = 10004
MEMBER = "/guilds/{guild_id}/members/{user_id}"
_NOBODY = frozenset({UNKNOWN_MEMBER, UNKNOWN_USER, UNKNOWN_GUILD, MISSING_ACCESS})

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Kept:
    value: Any
    since: float


class People:
    """The members of the guilds that the application is in: from the payloads that show them, and
    asked for where none did of late.
    """

    def __init__(self, rest: Rest, clock: Clock) -> None:
        self._rest, self._clock = rest, clock
        self._members: dict[tuple[str, str], _Kept] = {}
        self._roles: dict[str, _Kept] = {}
        self._guilds: _Kept | None = None
        self._tells_no_guilds = False

    def note(self, guild: str, user: Json, member: Json) -> None:
        """A payload shows a member as they are now."""
        self._keep(guild, str(user["id"]), {**member, "user": user})

    async def complete(self, person: Person, place: Place, *, fresh: bool) -> Person:
        """The person with everything that Discord tells; `fresh`: as they are now."""
        if person.kind in (PersonKind.BOT, PersonKind.SELF):
            return replace(person, name=person.name or person.id, complete=True)
        guild = place.team or person.team
        if not guild:
            return await self._of_any_guild(person, fresh=fresh)
        member = await self._member(guild, person, fresh=fresh)
        if member is None:
            return replace(person, kind=PersonKind.EXTERNAL, complete=True)
        return await self._as_member(person, guild, member, fresh=fresh)

    async def _of_any_guild(self, person: Person, *, fresh: bool) -> Person:
        """Somebody in a direct message is whoever they are in the guilds: nobody in none."""
        guilds = await self._my_guilds()
        if not guilds and self._tells_no_guilds:
            return replace(person, complete=True)  # whoever writes to us shares a guild with us
        found: list[Person] = []
        for guild in guilds:
            member = await self._member(guild, person, fresh=fresh)
            if member is not None:
                found.append(await self._as_member(person, guild, member, fresh=fresh))
        if not found:
            return replace(person, kind=PersonKind.EXTERNAL, complete=True)
        if len(guilds) == 1:
            return replace(found[0], team="")
        kinds = {each.kind for each in found}
        return replace(
            found[0],
            team="",
            kind=PersonKind.MEMBER if PersonKind.MEMBER in kinds else PersonKind.GUEST,
            groups=tuple(role for each in found for role in each.groups),
        )

    async def _as_member(self, person: Person, guild: str, member: Json, *, fresh: bool) -> Person:
        """Roles count by their names where there is one guild only: who runs another one may name
        a role there as one of ours.
        """
        user = member["user"]
        roles = [str(role) for role in member.get("roles") or ()]
        is_only_one = bool(roles) and len(await self._my_guilds(fresh=fresh)) == 1
        names: Mapping[str, str] = await self._role_names(guild) if is_only_one else {}
        groups = (*roles, *(names[role] for role in roles if role in names))
        kind = PersonKind.GUEST if member.get("pending") else PersonKind.MEMBER
        return Person(
            id=person.id,
            name=name_of(user, member) or person.name or person.id,
            team=guild,
            kind=PersonKind.BOT if user.get("bot") else kind,
            groups=tuple(dict.fromkeys(groups)),
            complete=True,
        )

    async def _member(self, guild: str, person: Person, *, fresh: bool) -> Json | None:
        user = person.id
        kept = self._members.get((guild, user))
        age = NOW_SECONDS if fresh else KEEP_SECONDS
        if kept is not None and kept.since + age > self._clock.now():
            return kept.value
        try:
            member = await self._rest.look(MEMBER, dict, guild_id=guild, user_id=user)
        except DiscordError as error:
            if error.code not in _NOBODY:
                raise
            member = None
        else:
            if member is None:
                return self._as_told(person, kept)
        self._keep(guild, user, member)
        return member

    def _as_told(self, person: Person, kept: _Kept | None) -> Json:
        """Somebody as a payload showed them last: where nobody can be asked."""
        if kept is not None and kept.value is not None:
            return kept.value
        return {"user": {"id": person.id, "username": person.name}, "roles": person.groups}

    async def _role_names(self, guild: str) -> Mapping[str, str]:
        kept = self._roles.get(guild)
        if kept is None or kept.since + KEEP_SECONDS <= self._clock.now():
            roles = await self._rest.look("/guilds/{guild_id}/roles", list, guild_id=guild)
            names = (
                self._rest.role_names(guild)
                if roles is None
                else {str(role["id"]): str(role["name"]) for role in roles}
            )
            kept = self._roles[guild] = _Kept(names, self._clock.now())
        return kept.value

    async def _my_guilds(self, *, fresh: bool = False) -> list[str]:
        kept, age = self._guilds, NOW_SECONDS if fresh else KEEP_SECONDS
        if kept is None or kept.since + age <= self._clock.now():
            found = await self._rest.look("/users/@me/guilds", list)
            self._tells_no_guilds = found is None
            known = self._rest.guilds() if found is None else [str(each["id"]) for each in found]
            ids = known[:MOST_GUILDS]
            kept = self._guilds = _Kept(ids, self._clock.now())
        return kept.value

    def _keep(self, guild: str, user: str, member: Json | None) -> None:
        if len(self._members) >= MOST_KEPT:
            self._members.clear()
        self._members[guild, user] = _Kept(member, self._clock.now())
