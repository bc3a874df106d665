"""Who decides by a card, who does not, and what each of them is told."""

from __future__ import annotations

import asyncio
import json

import pytest

from liteagent.testing.discord import Interaction
from liteagent_discord import answers
from tests.discord_adapter.office import Office
from tests.fixtures.leap_clock import LeapClock

RULE = {"approvers": {"discord_roles": ["ops"]}}


def told(one: Interaction) -> str:
    """What this person alone was told."""
    texts = [each.content for each in one.followups if each.ephemeral]
    if one.response is not None and one.ephemeral:
        texts.append(one.response.content)
    return " ".join(texts)


async def test_of_two_who_click_in_the_same_moment_one_decides_and_the_other_is_told_who() -> None:
    async with Office() as office:
        card = await office.card(await office.ask("restart web"))
        first, second = await asyncio.gather(
            office.press(card, "Approve", by=office.ann),
            office.press(card, "Approve", by=office.bob),
        )
        await office.until(lambda: told(first) or told(second))
        await office.until(lambda: first.done and second.done and office.world.restarted)

        assert sorted((bool(told(first)), bool(told(second)))) == [False, True]
        assert "approved this already" in told(first) + told(second)
        assert not first.failed
        assert not second.failed
        assert office.world.restarted == ["web*1"]


async def test_whoever_presses_twice_decides_once_and_is_told_nothing() -> None:
    async with Office() as office:
        card = await office.card(await office.ask("restart web"))
        clicks = [await office.press(card, "Approve") for _ in range(3)]
        await office.until(lambda: all(click.done for click in clicks) and office.world.restarted)
        assert [told(click) for click in clicks] == ["", "", ""]
        assert office.world.restarted == ["web*1"]


async def test_only_who_has_the_role_when_they_click_decides() -> None:
    async with Office(approval={"restart": RULE}) as office:
        ops = office.discord.add_role(office.guild, "ops")
        office.discord.give_role(office.guild, office.bob, ops)
        card = await office.card(await office.ask("restart web"))
        outsider = await office.press(card, "Approve", by=office.ann)
        await office.until(lambda: told(outsider))
        assert card.buttons

        office.discord.take_role(office.guild, office.bob, ops)
        late = await office.press(card, "Approve", by=office.bob)
        await office.until(lambda: told(late))
        assert office.world.restarted == []

        office.discord.give_role(office.guild, office.bob, ops)
        await office.press(card, "Approve", by=office.bob)
        await office.until(lambda: office.world.restarted)


async def test_a_form_of_somebody_without_the_role_is_not_shown() -> None:
    async with Office(approval={"restart": RULE}) as office:
        card = await office.card(await office.ask("restart web"))
        click = await office.press(card, "Edit", by=office.ann)
        await office.until(lambda: told(click))
        assert click.modal is None


async def test_what_is_wrong_with_a_form_is_said_with_the_form_to_open_again() -> None:
    async with Office() as office:
        thread = await office.ask("restart web")
        opened = await office.press(await office.card(thread), "Edit")
        await office.until(lambda: opened.modal)
        wrong = await office.discord.submit(office.bob, opened, {"name": "web", "times": "many"})
        await office.until(lambda: wrong.response)
        assert "times must be a whole number" in told(wrong)
        assert wrong.response is not None

        [button] = wrong.response.buttons
        again = await office.discord.click(office.bob, wrong.response.id, button["custom_id"])
        await office.until(lambda: again.modal)
        assert '"value": "many"' in json.dumps(again.modal), "what was typed is to be mended"
        theirs = await office.press(office.cards(thread)[0], "Edit", by=office.ann)
        await office.until(lambda: theirs.modal)
        assert "many" not in json.dumps(theirs.modal), "nobody else's form shows it"
        await office.discord.submit(office.bob, again, {"name": "web", "times": "2"})
        await office.until(lambda: office.world.restarted)
        assert office.world.restarted == ["web*2"]


async def test_a_request_is_rejected_with_a_reason_and_answered_instead() -> None:
    async with Office() as office:
        thread = await office.ask("restart web")
        opened = await office.press(await office.card(thread), "Reject")
        await office.until(lambda: opened.modal)
        await office.discord.submit(office.bob, opened, {"reason": "not on a Friday"})
        await office.until(lambda: "not on a Friday" in "".join(office.texts(thread)))
        await office.until(lambda: not office.cards(thread)[0].buttons)

        other = await office.ask("restart db")
        opened = await office.press(await office.card(other), "Respond")
        await office.until(lambda: opened.modal)
        await office.discord.submit(office.bob, opened, {"content": "I did it by hand"})
        await office.until(lambda: "I did it by hand" in "".join(office.texts(other)))
        assert office.world.restarted == []


async def test_a_card_that_expired_says_so_and_loses_its_buttons() -> None:
    rule = {"expires": "1h", "on_expiry": "deny"}
    office = Office(approval={"restart": rule})
    clock = LeapClock()
    office.rig.clock = clock  # type: ignore[assignment]
    async with office:
        thread = await office.ask("restart web")
        card = await office.card(thread)
        assert ":R>" in str(card.embeds)
        custom_id = card.buttons[0]["custom_id"]
        clock.leap(3600)
        await office.until(lambda: not card.buttons)
        assert "xpired" in str(card.embeds)

        card.components.append(
            {"type": 1, "id": 8, "components": [_button(custom_id)]}
        )  # somebody's screen still shows it
        click = await office.discord.click(office.bob, card.id, custom_id)
        await office.until(lambda: told(click))
        assert "expired" in told(click)
        assert office.world.restarted == []


async def test_forged_and_outdated_buttons_are_answered() -> None:
    async with Office() as office:
        thread = await office.ask("restart web")
        card = await office.card(thread)
        genuine = card.buttons[0]["custom_id"]
        forged = f"{genuine[:-4]}AAAA"
        for custom_id, part in (
            (forged, "not made by this agent"),
            ("la:apr_1:approve:short", "out of date"),
            ("other:button", "older version"),
        ):
            card.components[0]["components"][0]["custom_id"] = custom_id
            click = await office.discord.click(office.bob, card.id, custom_id)
            await office.until(lambda c=click: told(c))
            assert part in told(click)
        assert office.world.restarted == []


async def test_a_command_is_answered_alone_and_within_its_time() -> None:
    async with Office() as office:
        thread = await office.ask("restart web")
        await office.card(thread)
        for text, part in (("", "!help"), ("status", "waits"), ("approvals", "restart")):
            used = await office.discord.command(
                office.bob, thread, "agent", {"text": text} if text else {}
            )
            await office.until(lambda u=used: told(u))
            assert part in told(used).lower()
            assert used.ephemeral


async def test_what_takes_too_long_is_put_off_and_answered_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(answers, "GUARD_SECONDS", 0.5)
    async with Office() as office:
        thread = await office.ask("restart web")
        card = await office.card(thread)
        office.wire.stall()
        form = await office.press(card, "Edit")
        command = await office.discord.command(office.ann, thread, "agent", {"text": "status"})
        approve = await office.press(card, "Approve")
        await office.until(lambda: form.done and command.done and approve.done)
        assert (form.response_type, command.response_type, approve.response_type) == (6, 5, 6)
        office.wire.flow()
        await office.until(lambda: office.world.restarted)
        await office.until(lambda: told(form) and told(command))

        assert "press the button again" in told(form) or "already" in told(form)
        assert "answers here" in told(command)


async def test_strangers_and_bots_are_refused_once() -> None:
    async with Office() as office:
        robot = office.discord.add_member(office.guild, "Robot", bot=True)
        thread = await office.ask("hello", by=robot)
        await office.until(
            lambda: any("other bots" in text for text in office.texts(office.channel))
        )
        again = await office.ask("hello", by=robot)
        person = await office.ask("hello")
        await office.until(lambda: office.texts(person))
        assert len(office.texts(office.channel)) == 1
        assert [one.id for one in office.discord.threads] == [person]
        assert thread != again


def _button(custom_id: str) -> dict[str, object]:
    return {"type": 2, "id": 9, "style": 3, "label": "Approve", "custom_id": custom_id}
