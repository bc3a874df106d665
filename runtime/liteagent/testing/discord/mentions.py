"""Who a message pings."""

from __future__ import annotations

import re
from dataclasses import dataclass

from liteagent.testing.discord.errors import Json

_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(everyone|here)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentions:
    """The ids that a text mentions, in their order and each once."""

    users: list[int]
    roles: list[int]
    everyone: bool


def mentions_in(content: str, allowed: Json | None = None) -> Mentions:
    """What `content` mentions, as far as Discord's `allowed_mentions` lets it."""
    users = _ids(_USER, content)
    roles = _ids(_ROLE, content)
    everyone = _EVERYONE.search(content) is not None
    if allowed is None:
        return Mentions(users=users, roles=roles, everyone=everyone)
    parse = allowed.get("parse") or ()
    return Mentions(
        users=users if "users" in parse else _among(users, allowed.get("users")),
        roles=roles if "roles" in parse else _among(roles, allowed.get("roles")),
        everyone=everyone and "everyone" in parse,
    )


def _ids(pattern: re.Pattern[str], content: str) -> list[int]:
    return list(dict.fromkeys(int(found) for found in pattern.findall(content)))


def _among(ids: list[int], allowed: list[str | int] | None) -> list[int]:
    return [each for each in ids if each in {int(one) for one in allowed or ()}]
