"""Whether, and how, what somebody says is taken up: pure rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

from liteagent.agents.chat_settings import PlatformSettings
from liteagent.chat.inbound import Said
from liteagent.chat.places import Person, PersonKind, Place

COMMANDS = ("stop", "status", "agent", "approvals", "catchup", "help")
_WORD = re.compile(r"!([A-Za-z]+)(?:\s+(.*))?", re.DOTALL)
_ALIKE = 0.7


@dataclass(frozen=True, slots=True)
class Answer:
    """It goes to the agent."""


@dataclass(frozen=True, slots=True)
class Ignore:
    """It is not for us."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """This person may not talk to the agent; the sentence says who can allow it, and how."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Command:
    """`!stop`, `!agent ops`."""

    name: str
    """One of `COMMANDS`, or `hint`: `argument` is then a word that is nearly one of them."""
    argument: str = ""


Verdict = Answer | Ignore | Refuse | Command


def is_for_us(said: Said, *, bound: bool) -> bool:
    """Whether anybody who says this here speaks to the agent: in a direct message, by a mention,
    or in a thread that the agent takes part in, unless it opens with a mention of somebody else.
    """
    if said.person.kind is PersonKind.SELF:
        return False
    if said.place.direct or said.mentions_us:
        return True
    return bound and not said.opens_with_other


def judge(said: Said, *, bound: bool, person: Person, settings: PlatformSettings) -> Verdict:
    """What is to be done with a message. `bound`: the conversation has a session. `person` is
    `said.person`, complete.
    """
    if not is_for_us(said, bound=bound) or person.kind is PersonKind.SELF:
        return Ignore()
    if person.kind is PersonKind.BOT and not said.mentions_us:
        return Ignore()  # even one that is allowed: two bots would never stop
    refusal = refusal_of(person, said.place, shared=said.shared, settings=settings)
    if refusal is not None:
        return refusal
    text = said.text.strip()
    if not text and not said.files:
        return Command("help") if said.mentions_us else Ignore()
    return text_command(text) or Answer()


def refusal_of(
    person: Person, place: Place, *, shared: bool, settings: PlatformSettings
) -> Refuse | None:
    """Why this person is not served there; None when they are."""
    if place.team and settings.servers is not None and place.team not in settings.servers:
        return _refuse("anybody in this server", f"servers: [{place.team}]")
    if person.kind is PersonKind.BOT:
        if person.id in settings.allow_bots:
            return None
        return _refuse("other bots", f"allow_bots: [{person.id}]")
    if person.kind is PersonKind.GUEST and not settings.allow_guests:
        return _refuse("guests of this workspace", "allow_guests: true")
    if person.kind is PersonKind.EXTERNAL and not settings.allow_external:
        return _refuse("people of other workspaces", "allow_external: true")
    if shared and not settings.allow_external:
        return _refuse("channels that are shared with other workspaces", "allow_external: true")
    return None


def _refuse(whom: str, setting: str) -> Refuse:
    return Refuse(
        f"I do not answer {whom}: whoever runs LiteAgent here can allow it with"
        f" `{setting}` under `chat` in liteagent.yaml."
    )


def text_command(text: str) -> Command | None:
    """The command that a text is; None for ordinary text, a `!word` that is like none included."""
    found = _WORD.fullmatch(text)
    if found is None:
        return None
    word, argument = found[1].lower(), (found[2] or "").strip()
    if word in COMMANDS:
        return Command(word, argument)
    if get_close_matches(word, COMMANDS, n=1, cutoff=_ALIKE):
        return Command("hint", word)
    return None


def slash_command(text: str) -> Command | None:
    """The command behind `/agent`; None for what is said to the agent. Only the whole text counts:
    `/agent status of the cluster?` asks the agent.
    """
    word, _, argument = text.strip().removeprefix("!").partition(" ")
    word, argument = word.lower(), argument.strip()
    if not word:
        return Command("help")
    takes_name = word == "agent" and " " not in argument
    if word in COMMANDS and (takes_name or not argument):
        return Command(word, argument)
    return None
