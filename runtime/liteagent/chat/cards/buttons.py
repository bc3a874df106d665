"""What a button carries: which decision of which request over which arguments, and a code that
nobody else can make.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from liteagent.approvals import Verb
from liteagent.errors import ConflictError, PermissionDeniedError, ValidationError
from liteagent.journal import Journal

COLLECTION = "chat-secrets"
_KEY = "buttons"
_HALF = 12
"""Bytes of the digest, and as many of the code: more than anybody can try through."""
_SHAPE = re.compile(r"la:(?P<id>[^:]+):(?P<verb>[a-z]+):(?P<seal>[A-Za-z0-9_-]{32})")


class ButtonOutdatedError(ValidationError):
    """A button of another version: nobody can say any more what it meant."""

    error_code = "button_outdated"

    def __init__(self) -> None:
        super().__init__(
            "This card is out of date: another version of LiteAgent made it. Ask for the open"
            " approvals with `/agent approvals` and use the card that you get there."
        )


class ButtonForgedError(PermissionDeniedError):
    """A button that was not made here."""

    error_code = "button_forged"

    def __init__(self) -> None:
        super().__init__(
            "This button was not made by this agent, so nothing was done. Ask for the open"
            " approvals with `/agent approvals` and decide there."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """What a genuine button says."""

    approval_id: str
    verb: Verb
    shown: str
    """The beginning, in hexadecimal, of the digest of the arguments that the card showed."""

    def showed(self, digest: str) -> bool:
        """Whether the card showed the arguments of this digest."""
        return digest.startswith(self.shown)


class Buttons:
    """Makes and reads the values of one platform's buttons."""

    def __init__(self, platform: str, key: bytes) -> None:
        self._platform, self._key = platform, key

    @classmethod
    async def open(cls, journal: Journal, platform: str) -> Buttons:
        """With the key that all processes on this journal share; the first one makes it."""
        return cls(platform, await _shared_key(journal))

    def value(self, approval_id: str, verb: Verb, digest: str) -> str:
        """`la:<approval id>:<verb>:<mac>`, 80 characters at most for an id of 36. `digest` is that
        of the arguments that the card shows.
        """
        shown = bytes.fromhex(digest)[:_HALF]
        seal = shown + self._code(approval_id, verb, shown)
        return f"la:{approval_id}:{verb}:{base64.urlsafe_b64encode(seal).decode()}"

    def parse(self, value: str) -> Pressed:
        """Raises `ButtonOutdatedError` for another shape, `ButtonForgedError` for another code."""
        match = _SHAPE.fullmatch(value)
        if match is None or match["verb"] not in Verb.__members__.values():
            raise ButtonOutdatedError
        verb = Verb(match["verb"])
        seal = base64.urlsafe_b64decode(match["seal"])
        shown, code = seal[:_HALF], seal[_HALF:]
        if not hmac.compare_digest(code, self._code(match["id"], verb, shown)):
            raise ButtonForgedError
        return Pressed(approval_id=match["id"], verb=verb, shown=shown.hex())

    def _code(self, approval_id: str, verb: Verb, shown: bytes) -> bytes:
        text = "\0".join((self._platform, approval_id, verb.value, shown.hex()))
        return hmac.digest(self._key, text.encode(), hashlib.sha256)[:_HALF]


def verb_of(value: str) -> Verb | None:
    """What a button's value claims to be for, unchecked: an adapter that has to know at once
    whether a form follows (all but `approve`) asks this; None for another shape.
    """
    match = _SHAPE.fullmatch(value)
    known = match is not None and match["verb"] in Verb.__members__.values()
    return Verb(match["verb"]) if match is not None and known else None


async def _shared_key(journal: Journal) -> bytes:
    record = await journal.get_record(COLLECTION, _KEY)
    if record is None:
        fresh = {"key": secrets.token_hex(32)}
        try:
            record = await journal.put_record(COLLECTION, _KEY, fresh, expected=0)
        except ConflictError:  # another process was first: its key is everybody's
            return await _shared_key(journal)
    return bytes.fromhex(record.value["key"])
