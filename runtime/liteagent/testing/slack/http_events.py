"""The HTTP door: signed requests to the app's own address."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import cast
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession

from liteagent.testing.slack.delivery import Envelope
from liteagent.testing.slack.records import Json
from liteagent.testing.slack.stage import Secrets

FORM = "application/x-www-form-urlencoded"


class HttpEvents:
    """A door: posts each envelope to `url`. Events are JSON, all else is a form.

    Signatures carry the machine's time, because whoever checks them looks at the machine's clock.
    """

    def __init__(self, secrets: Secrets, acknowledge: Callable[[str, Json | None], object]) -> None:
        self.url: str | None = None
        self._secrets = secrets
        self._acknowledge = acknowledge
        self._session: ClientSession | None = None

    @property
    def open(self) -> bool:
        return self.url is not None

    async def send(self, envelope: Envelope) -> str | None:
        """The reason why it failed, in Slack's words."""
        delivery = envelope.delivery
        headers: dict[str, str] = {}
        if envelope.attempt:
            reason = _reason(envelope.reason)
            headers = {
                "X-Slack-Retry-Num": str(envelope.attempt),
                "X-Slack-Retry-Reason": reason,
            }
        body, content_type = _body(envelope)
        try:
            status, answer, answered = await self.post(body, content_type, headers=headers)
        except ClientError:
            return "connection_failed"
        if status == 200:
            self._acknowledge(envelope.id, answer)
            return None
        delivery.given_up = answered.get("X-Slack-No-Retry") == "1"
        return "http_error"

    async def post(
        self,
        body: bytes,
        content_type: str,
        *,
        headers: dict[str, str] | None = None,
        age: float = 0.0,
        secret: str | None = None,
    ) -> tuple[int, Json | None, dict[str, str]]:
        """Post as Slack does, signed `age` seconds ago with `secret`: status, JSON, headers."""
        assert self.url is not None, "set events_url first"
        stamp = str(int(time.time() - age))
        signature = sign(secret or self._secrets.signing_secret, stamp, body)
        whole = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature,
            **(headers or {}),
        }
        if self._session is None:
            self._session = ClientSession(trust_env=False)
        async with self._session.post(self.url, data=body, headers=whole) as response:
            text = await response.text()
            return response.status, _answer(text), dict(response.headers)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


def sign(secret: str, stamp: str, body: bytes) -> str:
    """Slack's signature of a request."""
    base = b"v0:" + stamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def _body(envelope: Envelope) -> tuple[bytes, str]:
    payload = envelope.delivery.payload
    if envelope.delivery.kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    if envelope.delivery.kind == "slash_commands":
        return urlencode(payload).encode(), FORM
    return urlencode({"payload": json.dumps(payload)}).encode(), FORM


def _reason(reason: str) -> str:
    return "http_timeout" if reason == "timeout" else reason


def _answer(text: str) -> Json | None:
    if not text:
        return None
    try:
        answer = json.loads(text)
    except ValueError:
        return {"text": text}
    return cast("Json", answer) if isinstance(answer, dict) else None
