"""Who somebody is: their name, kind and address, and the user groups they are in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakValueDictionary

from liteagent.chat.places import Person, PersonKind
from liteagent.clock import Clock
from liteagent_slack.account import Account
from liteagent_slack.errors import UNKNOWN, SlackError
from liteagent_slack.web import SlackWeb

KEEP_SECONDS = 60.0
MOST_KEPT = 5000
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Kept:
    value: Any
    until: float


class People:
    """The people of one workspace, asked for when they are needed and known for a minute."""

    def __init__(self, web: SlackWeb, account: Account, clock: Clock) -> None:
        self._web, self._account, self._clock = web, account, clock
        self._users: dict[str, _Kept] = {}
        self._asking_for: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._groups: _Kept | None = None
        self._asking_for_groups = asyncio.Lock()
        self._may_read_groups = True

    async def complete(self, person: Person, *, fresh: bool) -> Person:
        """The person with everything that Slack tells; `fresh`: nothing that was known before
        counts, as when somebody decides.
        """
        if person.kind in (PersonKind.BOT, PersonKind.SELF):
            return replace(person, name=person.name or person.id, complete=True)
        user = await self._user(person.id, fresh=fresh)
        if user is None:
            return replace(person, kind=PersonKind.EXTERNAL, complete=True)
        profile: Mapping[str, Any] = user.get("profile") or {}
        names = (
            profile.get("display_name"),
            profile.get("real_name"),
            user.get("name"),
            person.name,
        )
        return Person(
            id=person.id,
            name=next(filter(None, names), person.id),
            team=user.get("team_id") or person.team,
            kind=self._kind(user, person),
            email=profile.get("email") or "",
            groups=await self._groups_of(person.id, fresh=fresh),
            complete=True,
        )

    async def names(self, ids: set[str]) -> dict[str, str]:
        """What people are called, of those whom Slack knows."""
        found = {id: await self.complete(Person(id=id), fresh=False) for id in sorted(ids)}
        return {id: person.name for id, person in found.items() if person.name}

    async def _user(self, id: str, *, fresh: bool) -> Mapping[str, Any] | None:
        if fresh:
            return await self._ask_for_user(id)
        async with self._asking_for.setdefault(id, asyncio.Lock()):
            kept = self._users.get(id)
            if kept is not None and kept.until > self._clock.now():
                return kept.value
            return await self._ask_for_user(id)

    async def _ask_for_user(self, id: str) -> Mapping[str, Any] | None:
        try:
            user = (await self._web.read("users.info", user=id)).get("user") or {}
        except SlackError as error:
            if error.code in ("user_not_found", "user_not_visible"):
                return None
            if error.code != UNKNOWN:
                raise
            log.warning("Nobody is known but by what they do: %s", error)
            user = {}
        if len(self._users) >= MOST_KEPT:
            self._users.clear()
        self._users[id] = _Kept(user, self._clock.now() + KEEP_SECONDS)
        return user

    def _kind(self, user: Mapping[str, Any], person: Person) -> PersonKind:
        if user.get("is_bot") or person.id == "USLACKBOT":
            return PersonKind.BOT
        if self._is_stranger(user, person):
            return PersonKind.EXTERNAL
        if user.get("is_restricted") or user.get("is_ultra_restricted"):
            return PersonKind.GUEST
        return PersonKind.GUEST if user.get("deleted") else PersonKind.MEMBER

    def _is_stranger(self, user: Mapping[str, Any], person: Person) -> bool:
        if user.get("is_stranger"):
            return True
        # on Enterprise Grid a person has one home, and is a member of more workspaces
        teams = (user.get("enterprise_user") or {}).get("teams") or ()
        home = user.get("team_id") or person.team or self._account.team
        return home not in (self._account.team, self._account.enterprise) and (
            self._account.team not in teams
        )

    async def _groups_of(self, id: str, *, fresh: bool) -> tuple[str, ...]:
        """Ids, handles and names of the user groups that somebody is in now."""
        groups = await self._all_groups(fresh=fresh)
        mine = [group for group in groups if id in (group.get("users") or ())]
        names = (group.get(key) for group in mine for key in ("id", "handle", "name"))
        return tuple(dict.fromkeys(name for name in names if name))

    async def _all_groups(self, *, fresh: bool) -> list[Mapping[str, Any]]:
        if fresh:
            return await self._ask_for_groups()
        async with self._asking_for_groups:  # a crowd that comes at once asks once
            kept = self._groups
            if kept is not None and kept.until > self._clock.now():
                return kept.value
            return await self._ask_for_groups()

    async def _ask_for_groups(self) -> list[Mapping[str, Any]]:
        if not self._may_read_groups:
            return []
        try:
            answer = await self._web.read("usergroups.list", include_users=True)
        except SlackError as error:
            if not error.permanent:
                raise
            self._may_read_groups = False
            log.warning("Rules that name slack_groups admit nobody: %s", error)
            return []
        groups = answer.get("usergroups") or []
        self._groups = _Kept(groups, self._clock.now() + KEEP_SECONDS)
        return groups
