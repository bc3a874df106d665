"""Forms of the stand-in are shown, checked and sent as Discord does."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable

import discord as library
import pytest
from discord import ui

from liteagent.testing.discord import CannotDoError, FakeDiscord
from tests.testing.discord.bot import Bot, Office, Run, card, post


def shows(form: Callable[[], ui.Modal]) -> Callable[[library.Interaction], Awaitable[None]]:
    """Answers a click on a button with the form."""

    async def on_clicked(interaction: library.Interaction) -> None:
        if interaction.type is library.InteractionType.component:
            await interaction.response.send_modal(form())

    return on_clicked


class Reason(ui.Modal, title="Why not?"):
    reason = ui.TextInput(label="Reason", custom_id="reason", min_length=3)

    async def on_submit(self, interaction: library.Interaction) -> None:
        await interaction.response.edit_message(content=f"Denied: {self.reason.value}", view=None)


async def test_a_form_is_shown_checked_and_sent(
    discord: FakeDiscord, office: Office, bot: Bot, run: Run
) -> None:
    bot.on_clicked = shows(lambda: Reason(custom_id="why"))
    async with run(bot):
        message = await post(discord, bot, office.channel, card("no"))
        click = await discord.click(office.ann, message, "no")
        await discord.until(lambda: click.done)
        assert (click.response_type, click.modal["title"]) == (9, "Why not?")
        with pytest.raises(CannotDoError, match="'reason' needs at least 3 characters"):
            await discord.submit(office.ann, click, {"reason": "no"})
        with pytest.raises(CannotDoError, match="no form 'why' was shown to Bob"):
            await discord.submit(office.bob, "why", {"reason": "because"})
        sent = await discord.submit(office.ann, "why", {"reason": "too risky"})
        await discord.until(lambda: sent.done)

    assert (sent.response_type, sent.content) == (7, "Denied: too risky")


class Choice(ui.Modal, title="Which?"):
    which = ui.Label(
        text="Which",
        component=ui.Select(
            custom_id="which",
            options=[library.SelectOption(label=each) for each in ("a", "b", "c")],
            max_values=2,
        ),
    )

    async def on_submit(self, interaction: library.Interaction) -> None:
        assert isinstance(self.which.component, ui.Select)
        report = library.File(io.BytesIO(b"done"), "report.txt")
        await interaction.response.send_message(" ".join(self.which.component.values), file=report)


async def test_a_select_of_a_form_takes_some_of_its_options_and_the_answer_a_file(
    discord: FakeDiscord, office: Office, bot: Bot, run: Run
) -> None:
    bot.on_clicked = shows(lambda: Choice(custom_id="choice"))
    async with run(bot):
        message = await post(discord, bot, office.channel, card("choose"))
        click = await discord.click(office.ann, message, "choose")
        await discord.until(lambda: click.done)
        with pytest.raises(CannotDoError, match="takes a list of"):
            await discord.submit(office.ann, click, {"which": ["d"]})
        with pytest.raises(CannotDoError, match="takes 1 to 2 values"):
            await discord.submit(office.ann, click, {"which": ["a", "b", "c"]})
        sent = await discord.submit(office.ann, click, {"which": ["a", "c"]})
        await discord.until(lambda: sent.done)

    assert sent.content == "a c"
    assert [each.content for each in sent.response.attachments] == [b"done"]


async def test_a_form_with_too_long_a_title_is_refused_and_none_follows_a_form(
    discord: FakeDiscord, office: Office, bot: Bot, run: Run
) -> None:
    refused: list[str] = []

    async def on_clicked(interaction: library.Interaction) -> None:
        try:
            if interaction.type is library.InteractionType.component:
                form = Reason(custom_id="why", title="x" * 46)
                await interaction.response.send_modal(form)
        except library.HTTPException as error:
            refused.append(str(error))

    bot.on_clicked = on_clicked
    async with run(bot):
        message = await post(discord, bot, office.channel, card("no"))
        click = await discord.click(office.ann, message, "no")
        await discord.until(lambda: refused)

    assert "In data.title: Must be between 1 and 45 in length." in refused[0]
    assert (click.error, click.answered) == (50035, False)


async def test_a_form_that_is_sent_to_a_bot_that_restarted_reaches_its_on_interaction(
    discord: FakeDiscord, office: Office, bot: Bot, run: Run
) -> None:
    async def show(interaction: library.Interaction) -> None:
        await interaction.response.send_modal(Reason(custom_id="why"))

    async def take(interaction: library.Interaction) -> None:
        [label] = interaction.data["components"]
        part = label.get("component") or label["components"][0]
        await interaction.response.edit_message(content=part["value"], view=None)

    bot.on_clicked = show
    async with run(bot):
        message = await post(discord, bot, office.channel, card("no"))
        click = await discord.click(office.ann, message, "no")
        await discord.until(lambda: click.done)
    again = Bot()
    again.on_clicked = take
    async with run(again):
        sent = await discord.submit(office.ann, click, {"reason": "still no"})
        await discord.until(lambda: sent.done)

    assert sent.content == "still no"
