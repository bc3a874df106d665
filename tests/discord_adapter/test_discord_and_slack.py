"""One agent on both platforms: a request that is raised on one is decided on the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from liteagent.agents.chat_settings import ChatSettings
from tests.discord_adapter.office import Office
from tests.slack.bench import Bench


@asynccontextmanager
async def both() -> AsyncIterator[tuple[Office, Bench]]:
    """Each platform shows the requests of all sessions in its channel too."""
    async with Office(serve=False) as office:
        bench = Bench(office.rig)
        async with bench.slack as slack:
            bench.ann, bench.bob = slack.add_user("ann"), slack.add_user("bob")
            bench.channel = slack.add_channel("general", members=[bench.ann, bench.bob])
            settings = {
                "slack": {"approvals_channel": f"{slack.team}:{bench.channel}"},
                "discord": {"approvals_channel": f"{office.guild}:{office.channel}"},
            }
            office.settings = bench.settings = ChatSettings.model_validate(settings)
            await office.start()
            await bench.open()
            yield office, bench
            await bench.close()


async def test_what_is_raised_on_discord_and_decided_on_slack_is_settled_on_both() -> None:
    async with both() as (office, bench):
        thread = await office.ask("restart web")
        await office.card(thread)
        card = await bench.card(None)
        assert (await bench.slack.click(bench.bob, bench.channel, card.ts, "Approve")).acked
        await office.until(lambda: "You said: restarted web 1 times" in office.texts(thread))
        await bench.settled(None, "approved by bob")
        everywhere = (thread, office.channel)
        await office.until(
            lambda: all(not one.buttons for each in everywhere for one in office.cards(each))
        )

        for place in everywhere:
            [shown] = office.cards(place)
            assert "pproved by bob" in str(shown.embeds)
        assert office.world.restarted == ["web*1"]


async def test_what_is_raised_on_slack_and_decided_on_discord_is_settled_on_both() -> None:
    async with both() as (office, bench):
        thread = await bench.mention("restart web")
        await bench.card(thread)
        card = await office.card(office.channel)
        opened = await office.press(card, "Edit")
        await office.until(lambda: opened.modal)
        await office.discord.submit(office.bob, opened, {"name": "web", "times": "2"})
        await office.until(lambda: office.world.restarted and not card.buttons)
        await bench.settled(thread, "approved by bob")
        await bench.settled(None, "approved by bob")

        assert "approved by Bob" in str(card.embeds)
        assert office.world.restarted == ["web*2"]
