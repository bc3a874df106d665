"""The way of one request through an unchanged discord.py: asked, a card, a click, an answer."""

from __future__ import annotations

import discord as library
from discord import ui

from liteagent.testing.discord import FakeDiscord
from tests.testing.discord.bot import Bot, Office, Run


async def test_a_mention_becomes_a_thread_with_a_card_whose_click_is_answered(
    discord: FakeDiscord, office: Office, bot: Bot, run: Run
) -> None:
    async def on_said(message: library.Message) -> None:
        thread = await message.create_thread(name="deploy")
        view = ui.View(timeout=None)
        view.add_item(ui.Button(label="Approve", custom_id="la:1:approve"))
        card = await thread.send("working", view=view)
        await card.edit(content="Approve?")

    async def on_clicked(interaction: library.Interaction) -> None:
        await interaction.response.edit_message(content="Approved", view=None)

    bot.on_said, bot.on_clicked = on_said, on_clicked
    async with run(bot):
        asked = await discord.say(office.ann, office.channel, f"<@{discord.bot_id}> deploy?")
        await discord.until(
            lambda: discord.threads and any(m.edited for m in discord.messages(asked))
        )
        [card] = discord.messages(asked)
        click = await discord.click(office.ann, card.id, "la:1:approve")
        await discord.until(lambda: click.done)

    assert (discord.threads[0].id, discord.threads[0].name) == (asked, "deploy")
    assert (click.response_type, click.content, click.failed) == (7, "Approved", False)
    assert (card.content, card.components) == ("Approved", [])
