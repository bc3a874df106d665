"""What `liteagent.yaml` says about the chat platforms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from liteagent.approvals import Approvers


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ChannelSettings(_Part):
    """One channel."""

    agent: str | None = None
    """Who answers there."""


class PlatformSettings(_Part):
    """One platform."""

    agent: str | None = None
    """Who answers where no channel says otherwise; None: the default agent."""
    channels: dict[str, ChannelSettings] = {}
    """By the platform's id of the channel."""
    servers: tuple[str, ...] | None = None
    """Workspaces or servers that are served, by the platform's id; None: every one that the app is
    in, and to a public bot anybody may open theirs.
    """
    allow_guests: bool = False
    allow_external: bool = False
    """People of other workspaces, and channels that are shared with them."""
    allow_bots: tuple[str, ...] = ()
    """Other bots that are answered, by the platform's id, when they mention the agent."""
    approvers: Approvers | None = None
    """Who may approve where a tool's rule names nobody; None: every full member."""
    approvals_channel: str | None = None
    """A channel in which every request for approval is shown as well, by the platform's id;
    `T1:C1` where the account serves several workspaces.
    """


class ChatSettings(_Part):
    """The part `chat` of `liteagent.yaml`."""

    people: dict[str, tuple[str, ...]] = {}
    """Accounts of one person, `slack:T1:U1` or `discord:42`, by the name under which this person
    acts, decides and is counted.
    """
    slack: PlatformSettings | None = None
    discord: PlatformSettings | None = None

    @model_validator(mode="after")
    def _nobody_is_two_people(self) -> Self:
        owner: dict[str, str] = {}
        for name, accounts in self.people.items():
            for account in accounts:
                if owner.setdefault(account, name) != name:
                    raise ValueError(
                        f"people: {account} is listed under {owner[account]} and under {name};"
                        " an account belongs to one person"
                    )
        return self

    def of(self, platform: str) -> PlatformSettings:
        """The settings of one platform; of one that none are written for, the defaults."""
        found = {"slack": self.slack, "discord": self.discord}.get(platform)
        return found or PlatformSettings()

    def under(self, first: ChatSettings) -> ChatSettings:
        """These settings where `first` says nothing: account by account, platform by platform."""
        known = {account for accounts in first.people.values() for account in accounts}
        people = {
            name: tuple(account for account in accounts if account not in known)
            for name, accounts in self.people.items()
        }
        for name, accounts in first.people.items():
            people[name] = (*accounts, *people.get(name, ()))
        return ChatSettings(
            people=people, slack=first.slack or self.slack, discord=first.discord or self.discord
        )


def merged(settings: Iterable[ChatSettings]) -> ChatSettings:
    """One of many, of which the first goes first."""
    result = ChatSettings()
    for each in settings:
        result = each.under(result)
    return result
