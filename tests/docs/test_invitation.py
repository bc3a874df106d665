"""The README's address for Discord asks for the permissions that the adapter uses."""

from __future__ import annotations

import re
from pathlib import Path

from liteagent_discord.doctor import PERMISSIONS

README = Path(__file__).parents[2] / "README.md"


def test_the_invitation_asks_for_what_the_adapter_uses_and_nothing_else() -> None:
    (asked,) = re.findall(r"oauth2/authorize\S*permissions=(\d+)", README.read_text())
    assert int(asked) == PERMISSIONS.value
