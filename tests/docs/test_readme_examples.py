"""What the README shows is what happens: its files are written and its commands are run."""

from __future__ import annotations

from pathlib import Path

import pytest

from liteagent.cli.chat.bridge import Bridge
from tests.cli.conftest import home as home
from tests.cli.served import served
from tests.docs.transcript import Block, Shell, blocks

README = Path(__file__).parents[2] / "README.md"
SERVER = "$ liteagent up"


def test_the_readme_shows_what_happens(home: Path, tmp_path: Path) -> None:
    parts = blocks(README)
    starts = next(number for number, block in enumerate(parts) if block.text.startswith(SERVER))
    shell = Shell(folder=Path.cwd(), home=home)
    for block in parts[:starts]:
        carry_out(shell, block)
    with Bridge() as bridge, bridge.entered(served(home)) as server:
        shell.url = server.url
        shell.environ["LITEAGENT_API_KEY"] = server.key
        for block in parts[starts + 1 :]:
            carry_out(shell, block)
    assert shell.ran > 15


def carry_out(shell: Shell, block: Block) -> None:
    if block.file is not None:
        shell.write(block)
    elif block.language == "console":
        for command, printed in block.commands:
            shell.run(command, printed)


@pytest.mark.parametrize(
    "link", ["configs/liteagent.yaml", "adapters/liteagent_slack/manifest.yaml"]
)
def test_what_the_readme_links_to_is_there(link: str) -> None:
    assert f"({link})" in README.read_text()
    assert (README.parent / link).exists()
