"""A data directory, a folder of agents, and a plugin that is installed beside them."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from liteagent.testing.distributions import write_distribution
from tests.fixtures.smollm import FILE, ServedModel, cache_directory

OURS = ("LITEAGENT_", "OPENAI_", "ANTHROPIC_", "OLLAMA_", "SLACK_", "DISCORD_")
"""Variables of whoever runs the tests that are no business of the server here."""
SMALL = "model_settings: {max_tokens: 24, temperature: 0}"
AGENTS = {
    "storyteller": "model: openai/gpt-4o",
    "writer": "model: openai/gpt-4o\ntools: [note, publish, ponder]",
    "small-local": f"model: local/{FILE.removesuffix('.gguf')}\n{SMALL}",
    "small-openai": f"model: openai_compatible/smollm2\n{SMALL}",
    "small-anthropic": f"model: anthropic/smollm2\n{SMALL}",
}


@dataclass(frozen=True, slots=True)
class Home:
    """What a server is started over."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "home"

    @property
    def config(self) -> Path:
        """For `--config`."""
        return self.folder / "config"

    @property
    def installed(self) -> Path:
        """Where the plugin is; for `PYTHONPATH`."""
        return self.folder / "installed"

    def furnish(self) -> None:
        (self.config / "agents").mkdir(parents=True)
        for name, lines in AGENTS.items():
            (self.config / "agents" / f"{name}.yaml").write_text(f"name: {name}\n{lines}\n")
        (self.config / "liteagent.yaml").write_text(
            "chat: {slack: {agent: writer}, discord: {agent: writer}}\n"
        )
        self.data.mkdir()
        write_distribution(self.installed, "e2e-plugin", plugins={"e2e": "e2e_plugin"})
        shutil.copy(Path(__file__).parent / "plugin" / "e2e_plugin.py", self.installed)

    def environment(self, model_url: str, small: ServedModel | None) -> dict[str, str]:
        """What the server is to know: its directory and where its models are."""
        known = {
            "LITEAGENT_HOME": str(self.data),
            "LITEAGENT_LOCAL_MODELS": str(cache_directory()),
            "PYTHONPATH": str(self.installed),
            "OPENAI_BASE_URL": f"{model_url}/v1",
            "OPENAI_API_KEY": "sk-scripted-0123456789",
        }
        if small is not None:
            known |= {
                "LITEAGENT_OPENAI_COMPATIBLE_BASE_URL": f"{small.url}/v1",
                "LITEAGENT_OPENAI_COMPATIBLE_API_KEY": small.api_key,
                "ANTHROPIC_BASE_URL": small.url,
                "ANTHROPIC_API_KEY": small.api_key,
            }
        others = {name: os.environ[name] for name in os.environ if not name.startswith(OURS)}
        return {**others, **known}

    def written(self, text: str) -> int:
        """How often a tool has left this line."""
        sink = self.data / "sink.txt"
        return sink.read_text(encoding="utf-8").splitlines().count(text) if sink.exists() else 0
