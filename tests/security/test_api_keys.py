"""API keys let in whom they should, for as long as they should, and are stored as hashes."""

from __future__ import annotations

import pytest

from liteagent.errors import ApiKeyNotFoundError, ValidationError
from liteagent.journal.memory import MemoryJournal
from liteagent.principal import Principal
from liteagent.security import ApiKeys, generate_api_key, hash_api_key, verify_api_key
from liteagent.security.keys import COLLECTION
from liteagent.testing import FakeClock


@pytest.fixture
def journal() -> MemoryJournal:
    return MemoryJournal()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def keys(journal: MemoryJournal, clock: FakeClock) -> ApiKeys:
    return ApiKeys(journal, clock)


async def test_a_key_names_its_principal(keys: ApiKeys) -> None:
    text, info = await keys.create(
        "ci", ["chat", "approve"], principal_id="ann@example.com", tenant="acme"
    )

    assert text.startswith(f"la_{info.id}_")
    assert await keys.authenticate(text) == Principal(
        id="ann@example.com", name="ci", tenant="acme", scopes=frozenset({"chat", "approve"})
    )


async def test_a_key_without_a_principal_acts_as_itself(keys: ApiKeys) -> None:
    text, info = await keys.create("ci", ["chat"])
    principal = await keys.authenticate(text)
    assert principal is not None
    assert principal.id == f"key:{info.id}"


async def test_the_text_of_a_key_is_stored_nowhere(keys: ApiKeys, journal: MemoryJournal) -> None:
    text, _ = await keys.create("ci", ["chat"])
    admin = await keys.ensure_admin()
    assert admin is not None

    stored = repr(await journal.records(COLLECTION))

    assert text.rsplit("_", 1)[1] not in stored
    assert admin.rsplit("_", 1)[1] not in stored
    assert hash_api_key(text) in stored


@pytest.mark.parametrize(
    "wrong", ["", "la_", "la_x_y", "la_\0_\0", "\ud800", "Bearer x", "l" * 9999]
)
async def test_what_is_no_key_lets_nobody_in(keys: ApiKeys, wrong: str) -> None:
    await keys.ensure_admin()
    assert await keys.authenticate(wrong) is None


async def test_a_right_id_with_a_wrong_secret_lets_nobody_in(keys: ApiKeys) -> None:
    _, info = await keys.create("ci", ["chat"])
    assert await keys.authenticate(f"la_{info.id}_{'0' * 64}") is None


async def test_a_key_ends_at_the_moment_it_expires(keys: ApiKeys, clock: FakeClock) -> None:
    text, _ = await keys.create("ci", ["chat"], expires_at=clock.now() + 2)
    assert await keys.authenticate(text) is not None

    await clock.advance(2)

    assert await keys.authenticate(text) is None


async def test_a_revocation_holds_at_once_wherever_it_was_made(
    keys: ApiKeys, journal: MemoryJournal, clock: FakeClock
) -> None:
    text, info = await keys.create("ci", ["chat"])
    assert await keys.authenticate(text) is not None

    await ApiKeys(journal, clock).revoke(info.id)

    assert await keys.authenticate(text) is None


async def test_revoking_twice_is_revoking_once(keys: ApiKeys, clock: FakeClock) -> None:
    _, info = await keys.create("ci", ["chat"])
    first = await keys.revoke(info.id)
    await clock.advance(10)
    assert await keys.revoke(info.id) == first


async def test_revoking_what_is_not_there_names_what_is(keys: ApiKeys) -> None:
    _, info = await keys.create("ci", ["chat"])
    with pytest.raises(ApiKeyNotFoundError, match=info.id):
        await keys.revoke("nosuch")


async def test_all_keys_are_listed_in_the_order_they_were_made(
    keys: ApiKeys, clock: FakeClock
) -> None:
    made: list[str] = []
    for number in range(5):
        await clock.advance(1)
        _, info = await keys.create(f"key {number}", ["chat"])
        made.append(info.id)
    await keys.revoke(made[2])

    listed = await keys.list()

    assert [info.id for info in listed] == made
    assert [info.revoked_at is not None for info in listed] == [False, False, True, False, False]


@pytest.mark.parametrize("scopes", [["chatt"], []])
async def test_a_scope_that_does_not_exist_is_refused(keys: ApiKeys, scopes: list[str]) -> None:
    with pytest.raises(ValidationError, match="chat"):
        await keys.create("ci", scopes)


async def test_the_admin_key_is_made_once_and_told_once(keys: ApiKeys) -> None:
    text = await keys.ensure_admin()
    assert text is not None
    assert await keys.ensure_admin() is None

    principal = await keys.authenticate(text)
    assert principal is not None
    assert principal.allows("approve")


async def test_the_operators_admin_key_counts_whatever_it_looks_like(keys: ApiKeys) -> None:
    made = await keys.ensure_admin()
    assert await keys.ensure_admin("open sesame") is None

    assert await keys.authenticate("open sesame") is not None
    assert made is not None
    assert await keys.authenticate(made) is None


async def test_a_revoked_admin_key_is_replaced_at_the_next_start(keys: ApiKeys) -> None:
    old = await keys.ensure_admin()
    await keys.revoke("admin")

    new = await keys.ensure_admin()

    assert old is not None
    assert new is not None
    assert await keys.authenticate(old) is None
    assert await keys.authenticate(new) is not None


def test_a_generated_key_matches_its_own_hash_only() -> None:
    key, other = generate_api_key(), generate_api_key()
    assert key.startswith("sk_")
    assert key != other
    assert verify_api_key(key, hash_api_key(key))
    assert not verify_api_key(other, hash_api_key(key))
    assert not verify_api_key(key, "no hash ü")
