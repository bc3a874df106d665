"""A Discord that lacks routes, or sends what nobody expects, is served with what there is."""

from __future__ import annotations

import asyncio

import pytest

from liteagent.errors import ConfigurationError
from liteagent.testing.discord import Calls
from liteagent.testing.discord.world import Dispatch
from tests.discord_adapter.office import Office
from tests.discord_adapter.test_discord_deciding import RULE, told

LOOKS = (
    "/users/@me/guilds",
    "/guilds/{guild_id}/roles",
    "/guilds/{guild_id}/members/{user_id}",
    "/guilds/{guild_id}/channels",
    "/guilds/{guild_id}/threads/active",
    "/channels/{channel_id}",
)
COMMANDS = "/applications/{application_id}/commands"


def lacking(office: Office, *routes: str, method: str = "GET") -> None:
    for route in routes:
        on = Calls(method=method, route=route)
        office.discord.faults.server_error(10_000, on=on, status=404)


async def test_roles_are_those_of_the_click_and_their_names_those_that_the_gateway_told() -> None:
    async with Office(serve=False, approval={"restart": RULE}) as office:
        ops = office.discord.add_role(office.guild, "ops")
        lacking(office, *LOOKS)
        await office.start()
        card = await office.card(await office.ask("restart web"))
        outsider = await office.press(card, "Approve")
        await office.until(lambda: told(outsider))
        assert office.world.restarted == []
        office.discord.give_role(office.guild, office.bob, ops)
        await office.press(card, "Approve")
        await office.until(lambda: office.world.restarted)


async def test_a_click_that_is_handled_by_a_later_process_counts_with_the_roles_it_came_with() -> (
    None
):
    async with Office(serve=False, approval={"restart": RULE}) as office:
        ops = office.discord.add_role(office.guild, "ops")
        office.discord.give_role(office.guild, office.bob, ops)
        lacking(office, *LOOKS)
        await office.start()
        card = await office.card(await office.ask("restart web"))
        fault = office.discord.faults.hold(
            on=Calls(method="POST", route="/interactions/{interaction_id}/{token}/callback")
        )
        await office.press(card, "Approve")
        await office.until(lambda: fault.held)
        await office.kill()
        fault.release()
        await office.start()
        await office.until(lambda: office.world.restarted)
        assert office.world.restarted == ["web*1"]


async def test_a_direct_message_is_answered_where_nobody_tells_who_is_a_member() -> None:
    async with Office(serve=False) as office:
        lacking(office, *LOOKS, "/channels/{channel_id}/messages")
        await office.start()
        dm = office.discord.open_dm(office.ann)
        await office.discord.say(office.ann, dm, "hello")
        await office.until(lambda: "You said: hello" in office.texts(dm))


async def test_what_was_missed_is_found_in_the_channels_that_the_gateway_told_of() -> None:
    async with Office(serve=False) as office:
        lacking(office, *LOOKS)
        await office.start()
        thread = await office.ask("hello")
        await office.until(lambda: "You said: hello" in office.texts(thread))
        await office.kill()
        await office.discord.say(office.ann, thread, "are you there?")
        other = await office.ask("missed")
        await office.start()
        await office.until(lambda: "You said: are you there?" in office.texts(thread))
        await office.until(lambda: "You said: missed" in office.texts(other))


async def test_the_command_is_registered_with_all_others_where_it_cannot_be_alone() -> None:
    async with Office(serve=False) as office:
        lacking(office, COMMANDS, method="POST")
        await office.start()
        await office.until(lambda: office.discord.commands.syncs == 1)
        await office.stop()
        await office.start()
        assert office.discord.commands.syncs == 1


async def test_one_connection_is_kept_where_nobody_says_how_many() -> None:
    async with Office(serve=False) as office:
        lacking(office, "/gateway/bot")
        await office.start(gateway_url=office.discord.gateway_url)
        thread = await office.ask("hello")
        await office.until(lambda: "You said: hello" in office.texts(thread))


async def test_the_gateway_that_was_given_counts_and_not_the_one_that_discord_names() -> None:
    async with Office(serve=False) as office:
        given, office.discord.world.gateway_url = office.discord.gateway_url, "ws://127.0.0.1:9/"
        await office.start(gateway_url=given)
        thread = await office.ask("hello")
        await office.until(lambda: "You said: hello" in office.texts(thread))


async def test_payloads_that_discord_py_cannot_read_end_nothing() -> None:
    async with Office() as office:
        for name in ("MESSAGE_CREATE", "INTERACTION_CREATE", "CHANNEL_CREATE", "SOMETHING_NEW"):
            broken = {"id": "1", "channel_id": "2", "guild_id": str(office.guild), "type": 9}
            office.discord.gateway.emit(Dispatch(name=name, data=broken, guild_id=office.guild))
        thread = await office.ask("hello")
        await office.until(lambda: "You said: hello" in office.texts(thread))
        assert office.discord.gateway.identified == 1


async def test_a_connection_that_discord_py_gives_up_is_begun_anew() -> None:
    async with Office() as office:
        office.discord.gateway.emit(Dispatch(name="READY", data={}, guild_id=office.guild))
        await office.until(lambda: office.discord.gateway.identified == 2)
        thread = await office.ask("hello")
        await office.until(lambda: "You said: hello" in office.texts(thread))


async def test_a_command_stands_in_its_thread_though_discord_does_not_say_that_it_is_one() -> None:
    async with Office() as office:
        thread = await office.ask("hello")
        await office.until(lambda: "You said: hello" in office.texts(thread))
        office.discord.faults.lose_clicks()
        await office.discord.command(office.ann, thread, "agent", {"text": "lost"})
        used = office.discord.interactions[-1]
        office.discord.gateway.emit(
            Dispatch(
                name="INTERACTION_CREATE",
                guild_id=office.guild,
                data={
                    "id": str(used.id),
                    "token": used.token,
                    "application_id": str(office.discord.bot_id),
                    "type": 2,
                    "guild_id": str(office.guild),
                    "channel_id": str(thread),
                    "member": {"user": {"id": str(office.ann)}},
                    "data": {
                        "name": "agent",
                        "options": [{"name": "ask", "options": [{"name": "what", "value": "me"}]}],
                    },
                },
            )
        )
        await office.until(lambda: "You said: ask me" in office.texts(thread))
        assert [one.id for one in office.discord.threads] == [thread]


async def test_the_gateway_has_the_last_word_about_what_the_application_may_read(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with Office(serve=False) as office:
        office.discord.allow_intents.discard("message_content")
        fault = office.discord.faults.hold(on=Calls(method="GET", route="/gateway/bot"))
        start = asyncio.create_task(office.start())
        await office.until(lambda: fault.held)
        office.discord.allow_intents.add("message_content")
        fault.release()
        await start
        await office.until(lambda: "switch on Message Content Intent" in caplog.text)
        thread = await office.ask("hello")
        await office.until(lambda: "You said: hello" in office.texts(thread))
        office.discord.allow_intents.discard("message_content")
        office.discord.faults.close_gateway(4014)
        assert isinstance(await office.ended(), ConfigurationError)
