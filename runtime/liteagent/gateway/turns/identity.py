"""Which session a request of the OpenAI protocol means."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from pydantic import BaseModel

from liteagent.gateway.http.errors import InvalidRequestError
from liteagent.principal import Principal

NAMING_HEADERS = ("x-liteagent-session", "x-session-id")
"""Headers whose value is a session's id."""
UI_HEADER = "x-openwebui-chat-id"
_ID = re.compile(r"[A-Za-z0-9._:@+=-]{1,200}")


class Continuing(BaseModel):
    """The fields of a body that tell one conversation, or one user, from another."""

    prompt_cache_key: str | None = None
    safety_identifier: str | None = None
    user: str | None = None

    def named(self) -> Sequence[tuple[str, str | None]]:
        """The fields, the one that counts most first."""
        return (
            ("prompt_cache_key", self.prompt_cache_key),
            ("safety_identifier", self.safety_identifier),
            ("user", self.user),
        )


def named_session(headers: Mapping[str, str]) -> str | None:
    """The session that a header names."""
    for name in NAMING_HEADERS:
        if value := headers.get(name):
            return checked(value, name)
    return None


def continued_session(
    headers: Mapping[str, str],
    fields: Continuing,
    *,
    principal: Principal,
    agent: str,
    more_header: str = "",
) -> str | None:
    """The session that goes with a foreign name of the conversation or of its user; None where the
    request stands alone.

    Foreign names are no ids of sessions: each caller and agent has a session of its own for them.
    """
    for header in (UI_HEADER, more_header.lower()):
        if header and (value := headers.get(header)):
            return _derived(principal, agent, header, value)
    for field, value in fields.named():
        if value:
            return _derived(principal, agent, field, value)
    return None


def checked(session_id: str, where: str) -> str:
    """`session_id`, if a client may choose it."""
    if not _ID.fullmatch(session_id):
        raise InvalidRequestError(
            f"{where} must be 1 to 200 letters, digits or any of . _ : @ + = -", field=where
        )
    return session_id


def _derived(principal: Principal, agent: str, kind: str, value: str) -> str:
    parts = (principal.tenant, principal.id, agent, kind, value)
    text = "\0".join(parts).encode("utf-8", "surrogatepass")
    return f"sess_{hashlib.sha256(text).hexdigest()[:32]}"
