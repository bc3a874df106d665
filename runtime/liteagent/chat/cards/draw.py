"""The card of a request for approval, from what the approval inbox says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from liteagent.agents import ApprovalInbox
from liteagent.approvals import ApprovalKind, Verb
from liteagent.chat.cards.buttons import Buttons
from liteagent.chat.cards.card import Button, ButtonStyle, Card
from liteagent.chat.cards.sentences import moment, name_of, outcome_sentence, rule_sentence
from liteagent.chat.cards.shown import (
    as_line,
    cut,
    masks_commands,
    shown_args,
    shown_changes,
    visible,
    whole_args,
)
from liteagent.events import Json

PARTLY = (
    "Not all of the arguments is shown here: read them below the card in its conversation before"
    " you decide."
)
MASKED = (
    "What is masked as a secret holds signs that a command line would act on: look at it first."
)
_LONGEST_NOTE = 500
_BREAK = "\u200b"
"""Keeps a fence inside a fence from ending it."""
_Offer = tuple[Verb, str, ButtonStyle]
_OFFERS: Mapping[ApprovalKind, Sequence[_Offer]] = {
    ApprovalKind.TOOL: (
        (Verb.APPROVE, "Approve", ButtonStyle.PRIMARY),
        (Verb.EDIT, "Edit…", ButtonStyle.PLAIN),
        (Verb.RESPOND, "Respond…", ButtonStyle.PLAIN),
        (Verb.REJECT, "Reject…", ButtonStyle.DANGER),
    ),
    ApprovalKind.UNKNOWN_OUTCOME: (
        (Verb.APPROVE, "Run it again", ButtonStyle.PLAIN),
        (Verb.RESPOND, "Say what happened…", ButtonStyle.PRIMARY),
        (Verb.REJECT, "Count as failed…", ButtonStyle.DANGER),
    ),
}


class Cards:
    """Draws the cards of one platform."""

    def __init__(self, inbox: ApprovalInbox, buttons: Buttons) -> None:
        self._inbox, self._buttons = inbox, buttons

    async def card(self, approval_id: str) -> Card:
        """The card as it is now. Raises `ApprovalNotFoundError`."""
        return card_of(await self._inbox.get(approval_id), self._buttons)


def card_of(approval: Mapping[str, Json], buttons: Buttons) -> Card:
    """The card of a request as `ApprovalInbox.get` returns it; one that `pending` listed does as
    well, and then shows ids instead of the names of those who consented, and no changes.
    """
    args: Mapping[str, Json] = approval["args"]
    return Card(
        approval_id=approval["id"],
        title=_title(approval),
        tool=approval["tool"],
        agent=approval["agent"],
        args=shown_args(args),
        changes=shown_changes(approval.get("asked_args", args), args),
        requester=name_of(approval["requester"]),
        rule=rule_sentence(approval),
        votes=_votes(approval),
        quorum=approval["quorum"],
        expires_at=approval["expires_at"] if approval["status"] == "pending" else None,
        note="\n".join(_notes(approval)),
        outcome=outcome_sentence(approval),
        settled_at=approval.get("settled_at"),
        buttons=_buttons(approval, buttons) if approval["status"] == "pending" else (),
        whole=whole_args(args) if approval["status"] == "pending" else "",
    )


def whole_text(card: Card) -> str:
    """What stands below a card that does not show all, as Markdown."""
    inside = card.whole.replace("```", f"`{_BREAK}``")
    return f"All arguments of `{card.tool}` ({card.approval_id}):\n```json\n{inside}\n```"


def as_text(card: Card) -> str:
    """The card in plain text: for notifications, and wherever no card can be drawn."""
    lines = [card.title]
    lines += [f"{name}: {as_line(value)}" for name, value in card.args.items()]
    lines += [
        f"{name} was changed: {as_line(old)} → {as_line(new)}"
        for name, (old, new) in card.changes.items()
    ]
    lines += [PARTLY] if card.whole else []
    lines.append(f"Asked for by {card.requester}.")
    lines += [card.note] if card.note else []
    if card.outcome:
        when = f" ({moment(card.settled_at)})" if card.settled_at is not None else ""
        return "\n".join([*lines, f"{card.outcome}{when}"])
    lines.append(card.rule)
    if card.votes:
        lines.append(f"{len(card.votes)} of {card.quorum} agreed: {', '.join(card.votes)}.")
    lines += [f"Open until {moment(card.expires_at)}."] if card.expires_at is not None else []
    return "\n".join(lines)


def _title(approval: Mapping[str, Json]) -> str:
    if approval["kind"] == ApprovalKind.UNKNOWN_OUTCOME:
        return f"Did {approval['tool']} happen?"
    return f"{approval['agent']} asks to run {approval['tool']}"


def _notes(approval: Mapping[str, Json]) -> Iterator[str]:
    if approval["note"]:
        yield cut(visible(approval["note"]), _LONGEST_NOTE)
    if approval["status"] == "pending" and masks_commands(approval["args"]):
        yield MASKED


def _votes(approval: Mapping[str, Json]) -> tuple[str, ...]:
    """Those who consent to the arguments as they are now."""
    ballots: Sequence[Mapping[str, Json]] = approval.get("ballots", ())
    names = {each["by"]["id"]: name_of(each["by"]) for each in ballots}
    ids: Sequence[str] = approval.get("votes", ())
    return tuple(names.get(each, each) for each in ids)


def _buttons(approval: Mapping[str, Json], buttons: Buttons) -> tuple[Button, ...]:
    return tuple(
        Button(
            verb=verb,
            label=label,
            value=buttons.value(approval["id"], verb, approval["digest"]),
            style=style,
        )
        for verb, label, style in _OFFERS[ApprovalKind(approval["kind"])]
    )
