"""A dead connection is told from a live one by what it did last."""

from __future__ import annotations

from liteagent.chat.health import ChatHealth
from liteagent.testing import FakeClock


async def test_nothing_is_connected_before_the_platform_says_so() -> None:
    health = ChatHealth("slack", FakeClock())
    assert not health.report().connected
    assert health.report().text == "Not connected to slack yet."


async def test_signs_of_life_keep_a_connection_alive_and_silence_kills_it() -> None:
    clock = FakeClock()
    health = ChatHealth("slack", clock)
    health.connected()
    await clock.advance(80)
    health.pong()
    await clock.advance(80)
    health.event()
    await clock.advance(80)
    report = health.report()
    assert report.connected
    assert report.details["last_pong_age"] == 160
    assert report.details["last_event_age"] == 80
    await clock.advance(20)
    report = health.report()
    assert not report.connected
    assert report.details["state"] == "connected"
    assert "no sign of life for 100 s" in report.text


async def test_a_connection_that_is_gone_says_why() -> None:
    health = ChatHealth("discord", FakeClock())
    health.connected()
    health.disconnected("switch the intent on")
    assert health.report().text == "The connection to discord is gone: switch the intent on."
    health.connected()
    assert health.report().connected
    assert health.report().details["last_error"] == ""
