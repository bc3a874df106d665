"""The whole way: a person, an agent with a tool, a Claude that thinks, and the journal."""

import asyncio
import os
import re
import sys
from pathlib import Path

from liteagent.testing.answers import Answer, call
from liteagent.testing.openai_server import OpenAIServer
from liteagent.testing.provider_suite import DEADLINE
from liteagent.testing.wires.messages import thought

AGENT = """
model: anthropic/claude-sonnet-4-5
model_settings: {reasoning_effort: low}
tools: [current_time]
"""
SECRET = thought("They want the time; mine is no good.")


async def liteagent(home: Path, url: str, *words: str) -> str:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LITEAGENT_", "ANTHROPIC_"))}
    process = await asyncio.create_subprocess_exec(
        *(str(Path(sys.executable).with_name("liteagent")), *words),
        cwd=home,
        env={
            **kept,
            "LITEAGENT_HOME": str(home),
            "ANTHROPIC_BASE_URL": url,
            "ANTHROPIC_API_KEY": "k",
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(4 * DEADLINE):
            out, _ = await process.communicate()
    except BaseException:
        process.kill()
        raise
    assert process.returncode == 0, out.decode()
    return out.decode()


async def test_a_thinking_claude_uses_a_tool_and_nobody_reads_its_thoughts(tmp_path: Path) -> None:
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "clock.yaml").write_text(f"name: clock{AGENT}")
    looks = Answer(pieces=("Let me look.",), tool_calls=(call("current_time"),), opaque=(SECRET,))
    async with OpenAIServer({"time?": looks}) as server:
        server.script.on(re.compile("UTC"), "It is noon.")
        said = await liteagent(
            tmp_path, server.url, "chat", "--agent", "clock", "--session", "s", "-m", "time?"
        )
        first, second = (one.json() for one in server.received)
        logged = await liteagent(tmp_path, server.url, "sessions", "events", "s")
    assert "It is noon." in said
    assert "mine is no good" not in said
    assert first["thinking"] == second["thinking"] == {"type": "enabled", "budget_tokens": 2_048}
    assert second["messages"][1]["content"][0] == SECRET.content
    assert logged.count("mine is no good") == 1
