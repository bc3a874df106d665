"""How the adapter comes up, stays up, and says how it is."""

from __future__ import annotations

import pytest

from liteagent.agents import Agents
from liteagent.chat.adapter import AdapterFinding, AdapterParts, Chat
from liteagent.chat.platform import Platform
from liteagent.errors import ConfigurationError
from liteagent.plugins import PluginHost, Selection
from liteagent.testing.clock import FakeClock
from liteagent.testing.discord import CALLBACKS, Calls, FakeDiscord
from liteagent_discord import DiscordAdapter
from liteagent_discord.settings import complaint_about
from tests.discord_adapter.office import Office

COMMANDS = "/applications/{application_id}/commands"


async def test_a_token_that_discord_refuses_ends_it_with_a_sentence() -> None:
    async with Office(serve=False) as office:
        office.discord.token = "another"
        with pytest.raises(ConfigurationError, match="DISCORD_TOKEN"):
            await _run_with(office, "a-token-that-was-reset")


async def test_an_application_that_may_not_read_messages_is_told_which_switch_to_flip() -> None:
    async with Office(serve=False) as office:
        office.discord.allow_intents.discard("message_content")
        with pytest.raises(ConfigurationError, match="switch on Message Content Intent") as error:
            await office.start()
        assert f"/applications/{office.discord.bot_id}/bot" in str(error.value)


async def test_an_intent_that_is_taken_away_ends_it_with_the_same_sentence() -> None:
    async with Office() as office:
        office.discord.allow_intents.discard("message_content")
        office.discord.faults.close_gateway(4014)
        error = await office.ended()
        assert isinstance(error, ConfigurationError)
        assert "switch on Message Content Intent" in str(error)


async def test_a_token_that_is_revoked_ends_it_with_a_sentence() -> None:
    async with Office() as office:
        office.discord.faults.revoke_token()
        error = await office.ended()
        assert isinstance(error, ConfigurationError)
        assert "DISCORD_TOKEN" in str(error)


async def test_discord_that_does_not_answer_is_asked_until_it_does() -> None:
    async with Office(serve=False) as office:
        office.discord.faults.server_error(2, on=Calls(method="GET", route="/users/@me"))
        await office.start()
        await office.until(lambda: office.adapter.health().connected)


async def test_the_command_is_registered_once() -> None:
    async with Office() as office:
        await office.stop()
        await office.start()
        registered = [one for one in office.discord.calls if one.route == COMMANDS]
        assert len(registered) == 1


async def test_health_tells_a_live_connection_from_one_that_is_gone() -> None:
    async with Office() as office:
        await office.until(lambda: office.adapter.health().connected)
        assert office.adapter.health().details["last_event_age"] is not None
        before = office.discord.gateway.resumed
        office.discord.faults.cut_gateway()
        await office.until(lambda: not office.adapter.health().connected)
        await office.until(lambda: office.adapter.health().connected)
        assert office.discord.gateway.resumed + office.discord.gateway.identified > before + 1
        await office.stop()
        assert not office.adapter.health().connected


async def test_a_connection_that_has_gone_silent_is_called_dead() -> None:
    async with Office() as office:
        await office.until(lambda: office.adapter.health().connected)
        office.discord.faults.silence_gateway()
        office.clock.ahead = 100.0
        health = office.adapter.health()
        assert not health.connected
        assert "no sign of life" in health.text


async def test_what_no_event_told_is_found_when_a_session_is_begun_anew() -> None:
    async with Office() as office:
        thread = await office.ask("hello")
        await office.until(lambda: office.texts(thread))
        office.discord.faults.lose_events(2, name="MESSAGE_CREATE")
        await office.discord.say(office.ann, thread, "lost")
        other = await office.ask("lost too")
        office.discord.faults.invalidate_session()
        await office.until(lambda: "You said: lost" in office.texts(thread))
        await office.until(lambda: "You said: lost too" in office.texts(other))


async def test_a_click_is_stored_before_discord_is_told_that_it_arrived() -> None:
    async with Office() as office:
        card = await office.card(await office.ask("restart web"))
        fault = office.discord.faults.hold(on=CALLBACKS)
        click = await office.press(card, "Approve")
        await office.until(lambda: fault.held)
        stored = [
            await office.rig.journal.get_record(f"{collection}/discord", str(click.id))
            for collection in ("chat-inbox", "chat-seen")
        ]
        fault.release()
        assert any(stored)


@pytest.mark.parametrize("fault", ["reconnect_gateway", "invalidate_session", "cut_gateway"])
async def test_whatever_becomes_of_the_connection_it_goes_on(fault: str) -> None:
    async with Office() as office:
        getattr(office.discord.faults, fault)()
        await office.ask("first")
        await office.until(lambda: office.adapter.health().connected)
        thread = await office.ask("hello")
        await office.until(lambda: "You said: hello" in office.texts(thread))


async def test_as_many_connections_as_discord_wants_are_kept() -> None:
    discord = FakeDiscord(answer_seconds=60.0)
    discord.world.shards = 2
    async with Office(discord=discord) as office:
        await office.until(lambda: len(office.discord.gateway.connected) == 2)
        thread = await office.ask("hello")
        await office.until(lambda: "You said: hello" in office.texts(thread))


async def test_messages_wait_in_order_for_a_journal_that_is_away() -> None:
    async with Office() as office:
        thread = await office.ask("0")
        await office.until(lambda: "You said: 0" in office.texts(thread))
        office.wire.away = True
        for number in range(1, 4):
            await office.discord.say(office.ann, thread, str(number))
        await office.until(lambda: "wait for the journal" in office.adapter.health().text)
        assert not office.adapter.health().connected
        office.wire.away = False
        await office.until(lambda: len(office.texts(thread)) == 4)

        assert office.texts(thread) == [f"You said: {number}" for number in range(4)]
        assert office.adapter.health().connected


async def test_a_click_that_cannot_be_stored_is_answered_so() -> None:
    async with Office() as office:
        thread = await office.ask("restart web")
        card = await office.card(thread)
        office.wire.away = True
        click = await office.press(card, "Approve")
        await office.until(lambda: click.response)
        office.wire.away = False

        assert click.ephemeral
        assert "could not be stored" in (click.content or "")
        await office.press(card, "Approve")
        await office.until(lambda: office.world.restarted)


async def test_doctor_says_what_is_good_and_what_mends_the_rest() -> None:
    async with FakeDiscord() as discord:
        environ = {
            "DISCORD_TOKEN": discord.token,
            "LITEAGENT_DISCORD_API_URL": discord.api_url,
            "LITEAGENT_DISCORD_GATEWAY_URL": discord.gateway_url,
        }
        findings = await _examine(environ)
        assert [each.level for each in findings] == ["ok", "ok", "wrong", "ok"]
        assert "oauth2/authorize" in findings[2].text
        discord.add_guild("Office")
        discord.allow_intents.discard("message_content")
        findings = await _examine(environ)
        assert [each.level for each in findings] == ["ok", "wrong", "ok", "ok"]
        discord.world.is_public = True
        discord.add_guild("Elsewhere")
        found = [each.text for each in await _examine(environ)]
        assert any("switch off Public Bot" in text for text in found)
        assert any("name roles by their ids" in text for text in found)
        findings = await _examine(environ | {"DISCORD_TOKEN": "wrong"})
        assert [each.level for each in findings] == ["wrong"]
    assert [each.level for each in await _examine({})] == ["wrong"]


@pytest.mark.parametrize(
    ("environ", "part"),
    [
        ({}, "DISCORD_TOKEN is not set"),
        ({"DISCORD_TOKEN": "Bot abc.def.ghi"}, "a whole header"),
        ({"DISCORD_TOKEN": "a" * 64}, "public key"),
        ({"DISCORD_TOKEN": "1574065604925587456"}, "an id"),
        ({"DISCORD_TOKEN": "a.b.c", "LITEAGENT_DISCORD_API_URL": "x"}, "should be an address"),
        ({"DISCORD_TOKEN": "a.b.c", "LITEAGENT_DISCORD_GATEWAY_URL": "http://x"}, "wss://"),
        ({"DISCORD_TOKEN": "a.b.c"}, ""),
    ],
)
def test_what_is_wrong_with_the_variables_is_said(environ: dict[str, str], part: str) -> None:
    complaint = complaint_about(environ)
    assert part in complaint
    assert bool(complaint) is bool(part)


async def test_it_comes_in_by_the_door_of_all_plugins() -> None:
    host = PluginHost.build(Selection(allow=frozenset({"discord"})), clock=FakeClock())
    found = [adapter for adapter, _ in await host.collect("register_adapters")]
    adapter = next(each for each in found if each.name == "discord")
    assert adapter.variables[0] == "DISCORD_TOKEN"
    assert adapter.lacks({"DISCORD_TOKEN": "a.b.c"}) == ""


async def _examine(environ: dict[str, str]) -> list[AdapterFinding]:
    return [finding async for finding in DiscordAdapter().examine(environ)]


async def _run_with(office: Office, token: str) -> None:
    def connect(platform: Platform) -> Chat:
        raise AssertionError("nothing is connected")

    parts = AdapterParts(
        runtime=office.rig.runtime,
        agents=Agents([]),
        clock=office.rig.clock,
        environ={
            "DISCORD_TOKEN": token,
            "LITEAGENT_DISCORD_API_URL": office.discord.api_url,
            "LITEAGENT_DISCORD_GATEWAY_URL": office.discord.gateway_url,
        },
    )
    await DiscordAdapter().build(parts, connect).run()
