"""What a tool is told about the call it serves."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field

from liteagent.principal import Principal
from liteagent.tools.secrets import Secrets


class Told:
    """What `ToolContext.progress` returns: nothing to wait for, whether it is awaited or not."""

    def __await__(self) -> Generator[None, None, None]:
        return
        yield


def _nobody(text: str) -> None:
    """Where progress goes when nobody listens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolContext:
    """Passed to a tool's parameter of this type, whatever its name; not shown to the model."""

    session_id: str
    turn_id: str
    call_id: str
    principal: Principal
    """On whose behalf the tool runs."""
    idempotency_key: str = ""
    """The same for every try of this call, the ones after a crash included: 32 hex digits made of
    session and call, unless given.
    """
    secrets: Mapping[str, str] = field(default_factory=Secrets)
    """Values of the environment variables that the tool declared with `secrets=`."""
    report: Callable[[str], None] = _nobody
    """Takes what the tool says of its progress; must not block."""

    def __post_init__(self) -> None:
        if not self.idempotency_key:
            text = f"{self.session_id}\n{self.call_id}".encode()
            object.__setattr__(self, "idempotency_key", hashlib.sha256(text).hexdigest()[:32])

    def progress(self, text: str) -> Told:
        """Tell the people who wait what the tool is doing; may be awaited and need not be."""
        self.report(text)
        return Told()
