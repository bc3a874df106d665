"""What an interaction's first answer does."""

from __future__ import annotations

from collections.abc import Sequence

from liteagent.testing.discord.checks import modal_problems, refuse
from liteagent.testing.discord.checks.forms import Problem
from liteagent.testing.discord.errors import (
    ALREADY_ANSWERED,
    UNKNOWN_INTERACTION,
    UNKNOWN_MESSAGE,
    ApiError,
    Json,
)
from liteagent.testing.discord.interactions import (
    CLICK,
    DEFER,
    DEFER_UPDATE,
    MODAL,
    SAY,
    SUBMIT,
    UPDATE,
    Interaction,
)
from liteagent.testing.discord.messages import COMMAND_ANSWER, EPHEMERAL, LOADING, Message, Upload
from liteagent.testing.discord.posting import Draft, post
from liteagent.testing.discord.world import World
from liteagent.testing.discord.writing import draft, rewrite


def answer(world: World, one: Interaction, kind: int, data: Json, files: Sequence[Upload]) -> None:
    """Apply the first answer. A second one, a late one or an impossible one is refused."""
    try:
        _check_time(one)
        refuse(_kind_problems(one, kind))
        _apply(world, one, kind, data, files)
    except ApiError as error:
        one.error = error.refusal.code
        raise
    one.response_type = kind
    one.seconds = world.clock.now() - one.created


def _check_time(one: Interaction) -> None:
    if one.answered:
        raise ApiError(ALREADY_ANSWERED)
    if one.too_late:
        raise ApiError(UNKNOWN_INTERACTION)


def _kind_problems(one: Interaction, kind: int) -> list[Problem]:
    kinds = {SAY, DEFER}
    if one.type != SUBMIT:
        kinds.add(MODAL)
    if one.message is not None and one.type in (CLICK, SUBMIT):
        kinds |= {DEFER_UPDATE, UPDATE}
    if kind in kinds:
        return []
    return [Problem(("type",), "BASE_TYPE_CHOICES", f"Value must be one of {sorted(kinds)}.")]


def _apply(world: World, one: Interaction, kind: int, data: Json, files: Sequence[Upload]) -> None:
    if kind == SAY:
        wanted = draft(world, one.channel, data, files, interaction=one)
        one.response = post(world, one.channel, world.bot, wanted)
    elif kind == DEFER:
        flags = LOADING | ((data.get("flags") or 0) & EPHEMERAL)
        wanted = Draft(flags=flags, type=COMMAND_ANSWER, interaction=one)
        one.response = post(world, one.channel, world.bot, wanted)
    elif kind == MODAL:
        refuse(modal_problems(data))
        one.modal = data
    else:
        one.response = _clicked(world, one)
        if kind == UPDATE:
            rewrite(world, one.response, data, files)


def _clicked(world: World, one: Interaction) -> Message:
    """The message that was clicked, if it is still there."""
    assert one.message is not None
    found = world.any_message(one.message.id)
    if found is None:
        raise ApiError(UNKNOWN_MESSAGE)
    return found
