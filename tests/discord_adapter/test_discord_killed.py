"""The adapter is killed at every step, and what was said is answered once all the same."""

from __future__ import annotations

import pytest

from liteagent.testing.discord import CALLBACKS, EDITS, SENDS, Calls
from tests.discord_adapter.office import Office

OPENS = Calls(method="POST", route="/channels/{channel_id}/messages/{message_id}/threads")
ASKED = {"the thread": OPENS, "the card": SENDS}
CLICKED = {"the click": CALLBACKS, "the settled card": EDITS, "the answer": SENDS}


@pytest.mark.parametrize("applied", [False, True], ids=["before", "after"])
async def test_killed_at_any_call_it_asks_once_acts_once_and_answers_once(applied: bool) -> None:
    async with Office() as office:
        for step, on in ASKED.items():
            fault = office.discord.faults.hold(on=on, applied=applied)
            thread = await office.ask(f"restart {step}")
            await office.until(lambda f=fault: f.held)
            await office.kill()
            fault.release()
            await office.start()
            await _approved(office, thread)
            await _check(office, thread, step)
        for step, on in CLICKED.items():
            thread = await office.ask(f"restart {step}")
            card = await office.card(thread)
            fault = office.discord.faults.hold(on=on, applied=applied)
            await office.press(card, "Approve")
            await office.until(lambda f=fault: f.held)
            await office.kill()
            fault.release()
            await office.start()
            await _check(office, thread, step)


async def test_what_was_said_while_it_was_away_is_answered_when_it_is_back() -> None:
    async with Office() as office:
        thread = await office.ask("hello")
        await office.until(lambda: "You said: hello" in office.texts(thread))
        await office.kill()
        await office.discord.say(office.ann, thread, "are you there?")
        other = await office.ask("restart web")
        await office.start()
        await office.until(lambda: "You said: are you there?" in office.texts(thread))
        await _approved(office, other)
        await office.kill()
        await office.start()
        await office.until(lambda: "You said: restarted web 1 times" in office.texts(other))

        assert office.texts(thread) == ["You said: hello", "You said: are you there?"]
        assert office.world.restarted == ["web*1"]


async def test_a_card_of_an_earlier_life_works_and_so_does_its_form() -> None:
    async with Office() as office:
        thread = await office.ask("restart web")
        card = await office.card(thread)
        opened = await office.press(card, "Edit")
        await office.until(lambda: opened.modal)
        await office.kill()
        await office.start()
        filled = await office.discord.submit(office.bob, opened, {"name": "db", "times": "2"})
        await office.until(lambda: "restarted db 2 times" in "".join(office.texts(thread)))
        assert filled.response_type == 6

        second = await office.ask("restart web")
        card = await office.card(second)
        await office.kill()
        await office.start()
        await office.press(card, "Approve")
        await office.until(lambda: "You said: restarted web 1 times" in office.texts(second))
        assert office.world.restarted == ["db*2", "web*1"]


async def test_a_click_while_the_connection_was_down_counts_when_it_is_back() -> None:
    async with Office() as office:
        thread = await office.ask("restart web")
        card = await office.card(thread)
        office.discord.faults.cut_gateway()
        click = await office.press(card, "Approve")
        await office.until(lambda: office.world.restarted)
        await office.until(lambda: "You said: restarted web 1 times" in office.texts(thread))

        assert click.done
        assert office.world.restarted == ["web*1"]


async def _approved(office: Office, thread: int) -> None:
    click = await office.press(await office.card(thread), "Approve")
    await office.until(lambda: click.done)


async def _check(office: Office, thread: int, step: str) -> None:
    answer = f"You said: restarted {step} 1 times"
    await office.until(lambda: answer in office.texts(thread))
    await office.until(lambda: not office.cards(thread)[-1].buttons)

    assert office.texts(thread).count(answer) == 1, (step, office.texts(thread))
    assert len(office.cards(thread)) == 1, step
    assert office.world.restarted.count(f"{step}*1") == 1, step
    session = f"{office.guild}:{thread}"
    assert await office.messages_received(session) == [f"restart {step}"]


@pytest.mark.parametrize("applied", [False, True], ids=["before", "after"])
async def test_killed_while_it_answers_directly_it_answers_once_when_it_is_back(
    applied: bool,
) -> None:
    async with Office() as office:
        fault = office.discord.faults.hold(on=SENDS, applied=applied)
        dm = office.discord.open_dm(office.ann)
        await office.discord.say(office.ann, dm, "hello")
        await office.until(lambda: fault.held)
        await office.kill()
        fault.release()
        await office.start()
        await office.until(lambda: "You said: hello" in office.texts(dm))
        assert office.texts(dm) == ["You said: hello"]
        assert await office.messages_received(f"@me:{dm}") == ["hello"]


async def test_a_first_direct_message_of_somebody_is_found_when_they_write_again() -> None:
    async with Office() as office:
        await office.kill()
        dm = office.discord.open_dm(office.ann)
        await office.discord.say(office.ann, dm, "is anybody there?")
        await office.start()
        await office.discord.say(office.ann, dm, "hello?")
        await office.until(lambda: "You said: hello?" in office.texts(dm))
        assert office.texts(dm) == ["You said: is anybody there?", "You said: hello?"]


async def test_nothing_that_was_answered_directly_is_taken_up_again() -> None:
    async with Office() as office:
        dm = office.discord.open_dm(office.ann)
        await office.discord.say(office.ann, dm, "!status")
        await office.until(lambda: office.texts(dm))
        await office.stop()
        await office.start()
        await office.discord.say(office.ann, dm, "hello")
        await office.until(lambda: "You said: hello" in office.texts(dm))
        assert len(office.texts(dm)) == 2
