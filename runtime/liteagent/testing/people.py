"""People for tests."""

from __future__ import annotations

from liteagent.principal import Principal


def person(
    id: str, *, tenant: str = "", scopes: tuple[str, ...] = ("chat", "approve"), **claims: str
) -> Principal:
    """Somebody who may chat and decide; `slack_groups="SRE"` makes them a member of that group."""
    return Principal(
        id=id,
        name=id.capitalize(),
        tenant=tenant,
        scopes=frozenset(scopes),
        claims={claim: (name,) for claim, name in claims.items()},
    )
