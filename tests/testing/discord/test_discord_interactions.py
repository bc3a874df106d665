"""Clicks, forms and slash commands against an unchanged discord.py."""

from __future__ import annotations

import discord as library
import pytest
from discord import app_commands, ui

from liteagent.testing import FakeClock
from liteagent.testing.discord import CALLBACKS, CannotDoError, FakeDiscord, pointed_at
from tests.testing.discord.bot import Bot, Office, Run, card, post


async def test_a_deferred_click_is_followed_up(
    discord: FakeDiscord, office: Office, bot: Bot, run: Run
) -> None:
    async def on_clicked(interaction: library.Interaction) -> None:
        await interaction.response.defer()
        await interaction.followup.send("only you see this", ephemeral=True)
        await interaction.edit_original_response(content="Approved", view=None)

    bot.on_clicked = on_clicked
    async with run(bot):
        message = await post(discord, bot, office.channel, card("yes"))
        click = await discord.click(office.ann, message, "yes")
        await discord.until(lambda: click.content == "Approved")

    assert (click.response_type, click.deferred, click.error) == (6, True, None)
    assert [(m.content, m.ephemeral) for m in click.followups] == [("only you see this", True)]
    assert [m.content for m in discord.messages(office.channel)] == ["Approved"]
    assert click.seconds is not None


async def test_a_button_of_an_ephemeral_answer_is_clicked_by_its_reader_alone(
    discord: FakeDiscord, office: Office, bot: Bot, run: Run
) -> None:
    async def on_clicked(interaction: library.Interaction) -> None:
        if interaction.data["custom_id"] == "yes":
            await interaction.response.send_message("Sure?", view=card("sure"), ephemeral=True)
        else:
            await interaction.response.edit_message(content="Done", view=None)

    bot.on_clicked = on_clicked
    async with run(bot):
        message = await post(discord, bot, office.channel, card("yes"))
        first = await discord.click(office.ann, message, "yes")
        await discord.until(lambda: first.done)
        assert (first.content, first.ephemeral) == ("Sure?", True)
        with pytest.raises(CannotDoError, match="Bob does not see"):
            await discord.click(office.bob, first.response.id, "sure")
        second = await discord.click(office.ann, first.response.id, "sure")
        await discord.until(lambda: second.done)

    assert first.content == "Done"
    assert [m.content for m in discord.messages(office.channel)] == ["Approve?"]


async def test_a_second_answer_is_refused(
    discord: FakeDiscord, office: Office, bot: Bot, run: Run
) -> None:
    codes: list[int] = []

    async def on_clicked(interaction: library.Interaction) -> None:
        answer = {"type": 4, "data": {"content": "hello"}}
        path = f"/interactions/{interaction.id}/{interaction.token}/callback"
        for _ in range(2):
            try:
                await bot.http.request(library.http.Route("POST", path), json=answer)
            except library.HTTPException as error:
                codes.append(error.code)

    bot.on_clicked = on_clicked
    async with run(bot):
        message = await post(discord, bot, office.channel, card("yes"))
        click = await discord.click(office.ann, message, "yes")
        await discord.until(lambda: codes)

    assert (codes, click.error, click.content) == ([40060], 40060, "hello")


async def test_nothing_within_three_seconds_of_the_clock_is_a_failure() -> None:
    clock = FakeClock(1_700_000_000.0)
    codes: list[int] = []
    async with FakeDiscord(clock) as discord:
        office, bot = Office(discord), Bot()

        async def on_clicked(interaction: library.Interaction) -> None:
            await clock.advance(3)
            try:
                await interaction.response.defer()
            except library.NotFound as error:
                codes.append(error.code)

        bot.on_clicked = on_clicked
        with pointed_at(discord):
            await bot.login(discord.token)
            message = await post(discord, bot, office.channel, card("yes"))
            connection = library.utils.asyncio.create_task(bot.connect())
            await discord.until(lambda: discord.connected)
            click = await discord.click(office.ann, message, "yes")
            assert not click.done
            await discord.until(lambda: codes)
            await bot.close()
            await connection

    assert (codes, click.error, click.failed, click.answered) == ([10062], 10062, True, False)


@pytest.mark.parametrize(("seconds", "more"), [(3, {}), (60, {"answer_seconds": 60.0})])
async def test_a_click_that_is_lost_fails_when_its_time_is_over(
    seconds: int, more: dict[str, float]
) -> None:
    clock = FakeClock(1_700_000_000.0)
    async with FakeDiscord(clock, **more) as discord:
        office, bot = Office(discord), Bot()
        discord.faults.lose_clicks()
        with pointed_at(discord):
            await bot.login(discord.token)
            message = await post(discord, bot, office.channel, card("yes"))
            await bot.close()
        click = await discord.click(office.ann, message, "yes")
        await clock.advance(seconds - 1)
        assert not click.failed
        await clock.advance(1)
        await discord.until(lambda: click.failed)


async def test_a_token_is_good_for_fifteen_minutes() -> None:
    clock = FakeClock(1_700_000_000.0)
    async with FakeDiscord(clock) as discord:
        office, bot = Office(discord), Bot()
        kept: list[library.Interaction] = []

        async def on_clicked(interaction: library.Interaction) -> None:
            await interaction.response.defer()
            kept.append(interaction)

        bot.on_clicked = on_clicked
        with pointed_at(discord):
            await bot.login(discord.token)
            connection = library.utils.asyncio.create_task(bot.connect())
            await discord.until(lambda: discord.connected)
            message = await post(discord, bot, office.channel, card("yes"))
            await discord.click(office.ann, message, "yes")
            await discord.until(lambda: kept)
            await clock.advance(14 * 60)
            await kept[0].followup.send("in time")
            await clock.advance(60)
            with pytest.raises(library.HTTPException) as refused:
                await kept[0].followup.send("too late")
            await bot.close()
            await connection

        assert refused.value.code == 50027
        assert [m.content for m in discord.messages(office.channel)] == ["Approve?", "in time"]


async def test_a_slash_command_is_synced_and_used_with_its_options(
    discord: FakeDiscord, office: Office, bot: Bot, run: Run
) -> None:
    group = app_commands.Group(name="agent", description="The agent")

    @group.command(description="Ask it")
    async def ask(
        interaction: library.Interaction, text: str, loud: bool, who: library.Member
    ) -> None:
        await interaction.response.defer(thinking=True, ephemeral=True)
        await interaction.followup.send(f"{text} {loud} {who.name}")

    bot.tree.add_command(group)
    async with run(bot):
        await bot.tree.sync()
        options = {"text": "hi", "loud": True, "who": office.bob}
        with pytest.raises(CannotDoError, match="there is no /other here"):
            await discord.command(office.ann, office.channel, "other")
        with pytest.raises(CannotDoError, match="needs"):
            await discord.command(office.ann, office.channel, "agent ask", {"text": "hi"})
        used = await discord.command(office.ann, office.channel, "agent ask", options)
        await discord.until(lambda: used.content)

    assert (used.response_type, used.content, used.ephemeral) == (5, "hi True Bob", True)
    assert ("agent" in discord.commands, len(discord.commands), discord.commands.syncs) == (
        True,
        1,
        1,
    )
    assert discord.messages(office.channel) == []


async def test_a_guilds_command_is_there_alone(
    discord: FakeDiscord, office: Office, bot: Bot, run: Run
) -> None:
    other = Office(discord)
    scope = library.Object(office.guild)

    @bot.tree.command(description="Say hello", guild=scope)
    async def hello(interaction: library.Interaction) -> None:
        await interaction.response.send_message("hello")

    async with run(bot):
        await bot.tree.sync(guild=scope)
        used = await discord.command(office.ann, office.channel, "hello")
        await discord.until(lambda: used.done)
        with pytest.raises(CannotDoError):
            await discord.command(other.ann, other.channel, "hello")
        assert [one.name for one in await bot.tree.fetch_commands(guild=scope)] == ["hello"]

    assert used.content == "hello"
    assert [m.type for m in discord.messages(office.channel)] == [20]


async def test_the_interaction_carries_the_roles_of_the_moment(
    discord: FakeDiscord, office: Office, bot: Bot, run: Run
) -> None:
    ops = discord.add_role(office.guild, "ops")
    seen: list[list[str]] = []

    async def on_clicked(interaction: library.Interaction) -> None:
        seen.append([role.name for role in interaction.user.roles])
        await interaction.response.defer()

    bot.on_clicked = on_clicked
    async with run(bot):
        message = await post(discord, bot, office.channel, card("yes"))
        for change in (discord.give_role, discord.take_role):
            change(office.guild, office.ann, ops)
            click = await discord.click(office.ann, message, "yes")
            await discord.until(lambda click=click: click.done)

    assert seen == [["@everyone", "ops"], ["@everyone"]]


async def test_a_select_and_a_click_in_a_direct_message_carry_what_was_chosen(
    discord: FakeDiscord, office: Office, bot: Bot, run: Run
) -> None:
    seen: list[object] = []

    async def on_clicked(interaction: library.Interaction) -> None:
        seen.append((interaction.user.id, interaction.data["values"]))
        await interaction.response.send_message("thanks")

    bot.on_clicked = on_clicked
    view = ui.View(timeout=None)
    options = [library.SelectOption(label=each) for each in ("a", "b")]
    view.add_item(ui.Select(custom_id="which", options=options))
    async with run(bot):
        message = await post(discord, bot, discord.open_dm(office.ann), view)
        click = await discord.click(office.ann, message, "which", values=["b"])
        await discord.until(lambda: click.done)

    assert seen == [(office.ann, ["b"])]


async def test_a_card_that_vanishes_under_the_click_cannot_be_updated(
    discord: FakeDiscord, office: Office, bot: Bot, run: Run
) -> None:
    codes: list[int] = []

    async def on_clicked(interaction: library.Interaction) -> None:
        try:
            await interaction.response.edit_message(content="Approved")
        except library.NotFound as error:
            codes.append(error.code)

    bot.on_clicked = on_clicked
    async with run(bot):
        message = await post(discord, bot, office.channel, card("yes"))
        held = discord.faults.hold(on=CALLBACKS)
        await discord.click(office.ann, message, "yes")
        await discord.until(lambda: held.held)
        await discord.delete(office.bob, message)
        held.release()
        await discord.until(lambda: codes)

    assert codes == [10008]


async def test_two_people_who_click_at_once_are_both_heard(
    discord: FakeDiscord, office: Office, bot: Bot, run: Run
) -> None:
    async def on_clicked(interaction: library.Interaction) -> None:
        await interaction.response.send_message(interaction.user.name, ephemeral=True)

    bot.on_clicked = on_clicked
    async with run(bot):
        message = await post(discord, bot, office.channel, card("yes"))
        clicks = [await discord.click(who, message, "yes") for who in (office.ann, office.bob)]
        await discord.until(lambda: all(click.done for click in clicks))

    assert [click.content for click in clicks] == ["Ann", "Bob"]


async def test_what_nobody_could_click_cannot_be_clicked(
    discord: FakeDiscord, office: Office, bot: Bot, run: Run
) -> None:
    async with run(bot):
        message = await post(discord, bot, office.channel, card("yes", disabled=True))
    stranger = Office(discord).ann
    with pytest.raises(CannotDoError, match="is disabled"):
        await discord.click(office.ann, message, "yes")
    with pytest.raises(CannotDoError, match=r"has no 'no' to click, only \['yes'\]"):
        await discord.click(office.ann, message, "no")
    with pytest.raises(CannotDoError, match="not a member"):
        await discord.click(stranger, message, "yes")
    await discord.delete(office.ann, message)
    with pytest.raises(CannotDoError, match="there is no message"):
        await discord.click(office.ann, message, "yes")
