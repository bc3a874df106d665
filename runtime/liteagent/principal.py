"""Who acts: the person or program behind a message, a decision or a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field


class Principal(Struct, frozen=True, kw_only=True, gc=False):
    """A person or a program, as the door it came through established it.

    `claims` are memberships that the door vouches for, by the name that a policy asks for:
    `{"slack_groups": ("SRE",), "discord_roles": ("ops",), "roles": ("admin",)}`.
    `scopes` are what the credential allows: `chat`, `approve`, `impersonate`, `admin`.
    """

    id: str
    name: str = ""
    tenant: str = ""
    scopes: frozenset[str] = frozenset()
    claims: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def allows(self, scope: str) -> bool:
        """Whether the credential holds `scope`; `admin` holds every one."""
        return scope in self.scopes or "admin" in self.scopes

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "tenant": self.tenant,
            "scopes": sorted(self.scopes),
            "claims": {key: list(values) for key, values in self.claims.items()},
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Principal:
        return cls(
            id=value["id"],
            name=value.get("name", ""),
            tenant=value.get("tenant", ""),
            scopes=frozenset(value.get("scopes", ())),
            claims={key: tuple(values) for key, values in value.get("claims", {}).items()},
        )


LOCAL = Principal(id="local", name="local", scopes=frozenset({"chat", "approve", "admin"}))
"""Whoever sits at this machine's terminal."""
