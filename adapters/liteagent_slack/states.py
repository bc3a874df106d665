"""What an installation carries to Slack and back, so that none is smuggled in."""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from typing import Any

from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from liteagent.clock import Clock
from liteagent.errors import ConflictError
from liteagent.journal import Journal
from liteagent_slack.settings import NAME

COLLECTION = f"chat-oauth-states/{NAME}"
SECONDS = 600
PRUNED = 100
log = logging.getLogger(__name__)


class States(AsyncOAuthStateStore):
    """Signed when they are issued, and stored when they are used: whoever only asks for one makes
    nothing be written.
    """

    def __init__(self, journal: Journal, secret: str, clock: Clock) -> None:
        self._journal, self._clock = journal, clock
        self._key = hashlib.sha256(f"{COLLECTION}:{secret}".encode()).digest()

    @property
    def logger(self) -> logging.Logger:
        return log

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        """Good once, for ten minutes, at every gateway."""
        content = f"{int(self._clock.now()) + SECONDS}.{secrets.token_urlsafe(24)}"
        return f"{content}.{self._signature(content)}"

    async def async_consume(self, state: str) -> bool:
        """Whether it is ours, not too old, and was not used before."""
        content, _, signature = state.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(content).encode()):
            return False
        expires = int(content.partition(".")[0])
        if expires < self._clock.now():
            return False
        used = hashlib.sha256(content.encode()).hexdigest()
        try:
            await self._journal.put_record(COLLECTION, used, {"expires": expires}, expected=0)
        except ConflictError:
            return False
        await self._prune()
        return True

    async def _prune(self) -> None:
        for record in await self._journal.records(COLLECTION, limit=PRUNED):
            if record.value["expires"] < self._clock.now():
                await self._journal.delete_record(COLLECTION, record.key)

    def _signature(self, content: str) -> str:
        return hmac.new(self._key, content.encode(), hashlib.sha256).hexdigest()
