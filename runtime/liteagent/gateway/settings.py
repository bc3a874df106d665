"""How one gateway behaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from liteagent.config import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySettings:
    """Times in seconds, sizes in bytes."""

    public_url: str = ""
    """`https://agents.example.com`, for links in texts; relative ones where it is empty."""
    session_header: str = ""
    """One more request header that names the session of a chat (`X-Conversation-Id`)."""
    max_body: int = 20 * 2**20
    heartbeat: float = 10.0
    """A stream that has nothing to say sends a comment this often."""
    requests_per_minute: int = 60
    """Of one credential, at this replica; 0: no limit."""
    max_concurrent: int = 10
    """Requests of one credential other than GET at the same time, at this replica; 0: no limit."""
    limit_admins: bool = True
    """Whether the limits hold for credentials with the scope `admin` as well."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """What the process's settings say. Limits that nobody chose do not hold for the admin."""
        chosen = {"rate_limit_requests_per_minute", "rate_limit_max_concurrent"}
        return cls(
            requests_per_minute=settings.rate_limit_requests_per_minute,
            max_concurrent=settings.rate_limit_max_concurrent,
            limit_admins=bool(chosen & settings.model_fields_set),
        )
