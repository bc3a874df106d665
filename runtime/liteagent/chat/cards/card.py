"""The approval card as data; each platform draws it its own way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from liteagent.approvals import Verb
from liteagent.events import Json


class ButtonStyle(StrEnum):
    """How much a button weighs."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One decision that the card offers."""

    verb: Verb
    label: str
    """`Edit…` where a form follows."""
    value: str
    """`la:<approval id>:<verb>:<mac>`: a button's value on Slack, a `custom_id` on Discord."""
    style: ButtonStyle = ButtonStyle.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A request for approval as it stands now."""

    approval_id: str
    title: str
    """`ops asks to run restart_service`, `Did restart_service happen?`"""
    tool: str
    agent: str
    args: Mapping[str, Json]
    """Secrets masked; long values cut."""
    changes: Mapping[str, tuple[Json, Json]]
    """Arguments that an approver changed: before and after, masked too."""
    requester: str
    """The name of the person for whom the agent works."""
    rule: str
    """Who may decide, in a sentence."""
    votes: tuple[str, ...]
    """Names of those who consent so far, where more than one has to."""
    quorum: int
    expires_at: float | None
    """Seconds since 1970, while it is open; shown as a countdown."""
    note: str
    """Why it is asked, or asked again."""
    outcome: str
    """How it was settled, by whom and why; empty while it is open."""
    settled_at: float | None
    buttons: tuple[Button, ...]
    """None when it is settled."""
    whole: str = ""
    """All arguments in JSON, masked too, where `args` leaves something out: a card says so then,
    and they stand below it. Empty where `args` are all.
    """
