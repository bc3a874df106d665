"""Who somebody on a platform is to the agents."""

from __future__ import annotations

from liteagent.agents.chat_settings import ChatSettings
from liteagent.chat.places import Person, PersonKind, principal_of
from liteagent.principal import Principal


class People:
    """The people of one platform as principals, by the settings."""

    def __init__(self, platform_name: str, claim: str, settings: ChatSettings) -> None:
        """`claim` is what rules call the groups of the platform's people."""
        self._platform, self._claim = platform_name, claim
        chosen = settings.of(platform_name)
        self._approvers, self._servers = chosen.approvers, chosen.servers
        self._names = {
            account: name for name, accounts in settings.people.items() for account in accounts
        }

    def principal(self, person: Person) -> Principal:
        """Whoever acts when this person does, who has to be complete.

        One person has one id on every platform on which the settings list an account of theirs;
        rules may name them by an account as well. Where a rule names no approvers, members may
        approve, or those whom the settings name.
        """
        account = principal_of(person, self._platform, claim=self._claim, may_approve=False)
        claims, name = account.claims, self._names.get(account.id)
        if name is not None:
            claims = {**claims, "users": (account.id, *claims.get("users", ()))}
        known = Principal(
            id=name or account.id, name=account.name, scopes=account.scopes, claims=claims
        )
        if not self._may_approve(person, known):
            return known
        return Principal(
            id=known.id, name=known.name, scopes=known.scopes | {"approve"}, claims=claims
        )

    def _may_approve(self, person: Person, principal: Principal) -> bool:
        if person.kind in (PersonKind.BOT, PersonKind.SELF):
            return False
        if self._servers is not None and person.team not in (*self._servers, ""):
            return False
        if self._approvers is not None:
            return self._approvers.admit(principal)
        return person.kind is PersonKind.MEMBER
