"""An API key as it is stored and listed; its text is nowhere but with its holder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from liteagent.principal import Principal

SCOPES = frozenset({"chat", "approve", "impersonate", "admin"})
"""What a key may allow: to talk to agents, to decide for people, to say who somebody else is and
speak for them, and everything; `admin` includes the others.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyInfo:
    """All that is known of a key but its secret. Times in seconds since 1970; None: never."""

    id: str
    name: str
    scopes: frozenset[str]
    principal_id: str
    tenant: str
    created_at: float
    expires_at: float | None = None
    revoked_at: float | None = None

    def usable(self, now: float) -> bool:
        """Whether it lets anybody in at `now`."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def principal(self) -> Principal:
        """Who acts with this key."""
        return Principal(
            id=self.principal_id, name=self.name, tenant=self.tenant, scopes=self.scopes
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "scopes": sorted(self.scopes),
            "principal_id": self.principal_id,
            "tenant": self.tenant,
            "created_at": self.created_at,
            "expires_at": self.expires_at,
            "revoked_at": self.revoked_at,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> ApiKeyInfo:
        return cls(
            id=value["id"],
            name=value["name"],
            scopes=frozenset(value["scopes"]),
            principal_id=value["principal_id"],
            tenant=value["tenant"],
            created_at=value["created_at"],
            expires_at=value["expires_at"],
            revoked_at=value["revoked_at"],
        )
