"""API keys, kept as records of the journal so that every process knows the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from liteagent.clock import Clock
from liteagent.errors import ApiKeyNotFoundError, ConflictError, ValidationError, near_misses
from liteagent.principal import Principal
from liteagent.security.api_key import SCOPES, ApiKeyInfo
from liteagent.security.secret import (
    hash_api_key,
    key_id_of,
    new_key,
    new_key_id,
    verify_api_key,
)

COLLECTION = "api_keys"
ADMIN_ID = "admin"
_LONGEST_KEY = 512


class KeyRecord(Protocol):
    """A record as the journal returns it."""

    @property
    def key(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def value(self) -> Mapping[str, Any]: ...


class KeyRecords(Protocol):
    """The part of a journal that keys need."""

    async def put_record(
        self, collection: str, key: str, value: Mapping[str, Any], *, expected: int | None = None
    ) -> KeyRecord: ...

    async def get_record(self, collection: str, key: str) -> KeyRecord | None: ...

    async def records(
        self, collection: str, *, after: str = "", limit: int = 1000
    ) -> Sequence[KeyRecord]: ...


class ApiKeys:
    """The keys in one journal. Nothing of them is remembered in between, so a revocation holds in
    every process from the next request on.
    """

    def __init__(self, journal: KeyRecords, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock

    async def create(
        self,
        name: str,
        scopes: Iterable[str],
        *,
        principal_id: str = "",
        tenant: str = "",
        expires_at: float | None = None,
    ) -> tuple[str, ApiKeyInfo]:
        """`(the key's text, which is stored nowhere, what is stored)`.

        Without `principal_id` the key acts as `key:<its id>`. Raises `ValidationError` for a scope
        that does not exist.
        """
        key_id = new_key_id()
        info = ApiKeyInfo(
            id=key_id,
            name=name,
            scopes=_checked(scopes),
            principal_id=principal_id or f"key:{key_id}",
            tenant=tenant,
            created_at=self._clock.now(),
            expires_at=expires_at,
        )
        text = new_key(key_id)
        await self._store(info, hash_api_key(text), expected=0)
        return text, info

    async def list(self) -> list[ApiKeyInfo]:
        """Every key there is or was, in the order they were made."""
        found: list[ApiKeyInfo] = []
        page = await self._journal.records(COLLECTION)
        while page:
            found += [ApiKeyInfo.from_json(record.value) for record in page]
            page = await self._journal.records(COLLECTION, after=page[-1].key)
        return sorted(found, key=lambda info: (info.created_at, info.id))

    async def revoke(self, key_id: str) -> ApiKeyInfo:
        """Let nobody in with this key again; the same for one that was revoked before.

        Raises `ApiKeyNotFoundError`.
        """
        record = await self._journal.get_record(COLLECTION, key_id)
        if record is None:
            raise ApiKeyNotFoundError(key_id, [info.id for info in await self.list()])
        info = ApiKeyInfo.from_json(record.value)
        if info.revoked_at is None:
            info = replace(info, revoked_at=self._clock.now())
            await self._store(info, record.value["hash"], expected=record.version)
        return info

    async def authenticate(self, text: str) -> Principal | None:
        """Who holds this key, or None for one that is unknown, revoked or expired."""
        if not text or len(text) > _LONGEST_KEY:
            return None
        # A key that the operator chose for the admin need not look like one that was made here.
        for key_id in dict.fromkeys((key_id_of(text) or ADMIN_ID, ADMIN_ID)):
            record = await self._journal.get_record(COLLECTION, key_id)
            if record is not None and verify_api_key(text, record.value["hash"]):
                info = ApiKeyInfo.from_json(record.value)
                return info.principal() if info.usable(self._clock.now()) else None
        return None

    async def ensure_admin(self, text: str | None = None) -> str | None:
        """See to it that there is an admin key: `text` where the operator set one, else a new one
        at the first start. Returns the text only when it was made now.
        """
        record = await self._journal.get_record(COLLECTION, ADMIN_ID)
        stored = ApiKeyInfo.from_json(record.value) if record else None
        usable = stored is not None and stored.usable(self._clock.now())
        if usable and record and (text is None or verify_api_key(text, record.value["hash"])):
            return None
        info = ApiKeyInfo(
            id=ADMIN_ID,
            name="admin",
            scopes=frozenset({"admin"}),
            principal_id=ADMIN_ID,
            tenant="",
            created_at=self._clock.now(),
        )
        made = new_key(ADMIN_ID) if text is None else None
        try:
            await self._store(
                info, hash_api_key(made or text or ""), expected=record.version if record else 0
            )
        except ConflictError:
            return None  # Another process starting at the same moment was first.
        return made

    async def _store(self, info: ApiKeyInfo, key_hash: str, *, expected: int) -> None:
        value = {**info.to_json(), "hash": key_hash}
        await self._journal.put_record(COLLECTION, info.id, value, expected=expected)


def _checked(scopes: Iterable[str]) -> frozenset[str]:
    wanted = frozenset(scopes)
    unknown = sorted(wanted - SCOPES)
    if unknown:
        raise ValidationError(
            f"{unknown[0]!r} is no scope of an API key: {near_misses(unknown[0], SCOPES)}",
            field="scopes",
        )
    if not wanted:
        raise ValidationError(
            "An API key needs a scope: chat, approve, impersonate or admin.", field="scopes"
        )
    return wanted
