"""What a button says, and who can make one."""

from __future__ import annotations

import asyncio

import pytest

from liteagent.approvals import Verb, digest
from liteagent.chat.cards.buttons import (
    ButtonForgedError,
    ButtonOutdatedError,
    Buttons,
    Pressed,
    verb_of,
)
from liteagent.errors import ConflictError
from liteagent.ids import RandomIds
from liteagent.journal import MemoryJournal, Record

ID = RandomIds().new("apr")
ARGS = digest({"name": "web"})
SEAL = "A" * 32


async def made(platform: str = "slack", journal: MemoryJournal | None = None) -> Buttons:
    return await Buttons.open(journal or MemoryJournal(), platform)


@pytest.mark.parametrize("verb", list(Verb))
async def test_a_button_says_what_it_was_made_for(verb: Verb) -> None:
    buttons = await made()
    value = buttons.value(ID, verb, ARGS)
    assert value.startswith(f"la:{ID}:{verb.value}:")
    assert len(value) < 100
    pressed = buttons.parse(value)
    assert pressed == Pressed(approval_id=ID, verb=verb, shown=ARGS[:24])
    assert verb_of(value) is verb


async def test_a_button_tells_whether_its_card_showed_these_arguments() -> None:
    buttons = await made()
    pressed = buttons.parse(buttons.value(ID, Verb.APPROVE, ARGS))
    assert pressed.showed(ARGS)
    assert not pressed.showed(digest({"name": "db"}))


async def test_all_processes_on_one_journal_know_each_others_buttons() -> None:
    journal = MemoryJournal()
    first, second = await made(journal=journal), await made(journal=journal)
    assert second.parse(first.value(ID, Verb.EDIT, ARGS)).verb is Verb.EDIT


async def test_two_processes_that_start_at_once_agree_on_one_key() -> None:
    class Slow(MemoryJournal):
        async def get_record(self, collection: str, key: str) -> Record | None:
            found = await super().get_record(collection, key)
            await asyncio.sleep(0)
            return found

    journal = Slow()
    first, second = await asyncio.gather(made(journal=journal), made(journal=journal))
    value = first.value(ID, Verb.APPROVE, ARGS)
    assert second.value(ID, Verb.APPROVE, ARGS) == value
    with pytest.raises(ConflictError):
        await journal.put_record("chat-secrets", "buttons", {}, expected=0)


async def test_a_button_counts_on_its_own_platform_and_installation_only() -> None:
    journal = MemoryJournal()
    value = (await made(journal=journal)).value(ID, Verb.APPROVE, ARGS)
    for other in (await made("discord", journal), await made()):
        with pytest.raises(ButtonForgedError, match="nothing was done"):
            other.parse(value)


async def test_no_part_of_a_button_can_be_exchanged() -> None:
    buttons = await made()
    value = buttons.value(ID, Verb.REJECT, ARGS)
    seal = value.rpartition(":")[2]
    flipped = "A" if seal[0] != "A" else "B"
    other = buttons.value(ID, Verb.REJECT, digest({})).rpartition(":")[2]
    for forged in (
        value.replace("reject", "approve"),
        value.replace(ID, RandomIds().new("apr")),
        value.replace(seal, flipped + seal[1:]),
        value.replace(seal, other[:16] + seal[16:]),
        value.replace(seal, SEAL),
    ):
        with pytest.raises(ButtonForgedError):
            buttons.parse(forged)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "approve",
        "la:apr_1:approve",
        "la:apr_1:approve:abc",
        f"la2:apr_1:approve:{SEAL}",
        f"la:apr_1:escalate:{SEAL}",
        f"la:apr_1:approve:{SEAL}\n",
    ],
)
async def test_a_button_of_another_version_is_answered_with_what_to_do(value: str) -> None:
    with pytest.raises(ButtonOutdatedError, match="`/agent approvals`"):
        (await made()).parse(value)
    assert verb_of(value) is None
