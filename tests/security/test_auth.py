"""The `Authorization` header names who asks, or nobody."""

from __future__ import annotations

import base64
import json

import jwt
import pytest

from liteagent.errors import AuthenticationError, ConfigurationError
from liteagent.journal.memory import MemoryJournal
from liteagent.security import APIKeyAuth, ApiKeys, AuthMiddleware, JWTHandler, User, hash_api_key
from liteagent.testing import FakeClock

SECRET = "0123456789abcdef0123456789abcdef"
ANN = User(id="u1", email="ann@example.com", roles=["approve", "sre"], tenant="acme")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def handler(clock: FakeClock) -> JWTHandler:
    return JWTHandler(SECRET, clock=clock)


@pytest.fixture
def keys(clock: FakeClock) -> ApiKeys:
    return ApiKeys(MemoryJournal(), clock)


@pytest.fixture
def auth(keys: ApiKeys, handler: JWTHandler) -> AuthMiddleware:
    return AuthMiddleware(keys, handler)


async def test_a_key_makes_a_user_with_its_scopes_as_roles(
    auth: AuthMiddleware, keys: ApiKeys
) -> None:
    text, _ = await keys.create("ci", ["chat"], principal_id="bot")
    user = await auth.authenticate(f"bearer {text}")
    assert user == User(id="bot", email="", roles=["chat"])
    assert user.has_role("chat")


async def test_a_token_makes_the_user_it_was_made_for(
    auth: AuthMiddleware, handler: JWTHandler
) -> None:
    header = f"Bearer {handler.create_access_token(ANN)}"
    assert await auth.authenticate(header) == ANN

    principal = await auth.principal(header)
    assert principal.scopes == {"chat", "approve"}
    assert principal.claims["roles"] == ("approve", "sre")
    assert principal.tenant == "acme"


async def test_no_token_counts_where_no_secret_is_configured(
    keys: ApiKeys, handler: JWTHandler
) -> None:
    with pytest.raises(AuthenticationError):
        await AuthMiddleware(keys).principal(f"Bearer {handler.create_access_token(ANN)}")


async def test_a_refresh_token_opens_nothing(auth: AuthMiddleware, handler: JWTHandler) -> None:
    with pytest.raises(AuthenticationError, match="refresh"):
        await auth.principal(f"Bearer {handler.create_refresh_token(ANN)}")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer no", "Bearer a.b.c"]
)
async def test_anything_else_is_refused(auth: AuthMiddleware, header: str) -> None:
    with pytest.raises(AuthenticationError):
        await auth.principal(header)


async def test_a_token_ends_when_it_expires(handler: JWTHandler, clock: FakeClock) -> None:
    token = handler.create_access_token(ANN)
    assert handler.decode_token(token).sub == "u1"

    await clock.advance(3600)

    with pytest.raises(AuthenticationError, match="expired"):
        handler.decode_token(token)


def test_a_token_signed_with_another_secret_is_refused(handler: JWTHandler) -> None:
    foreign = JWTHandler("another secret of 32 characters..").create_access_token(ANN)
    with pytest.raises(AuthenticationError):
        handler.decode_token(foreign)


def test_a_token_cannot_choose_its_algorithm(handler: JWTHandler, clock: FakeClock) -> None:
    claims = {"sub": "u1", "exp": clock.now() + 60}
    head, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in ({"alg": "none", "typ": "JWT"}, claims)
    )
    hs512 = jwt.encode(claims, SECRET * 2, algorithm="HS512")
    for token in (f"{head}.{body}.", hs512):
        with pytest.raises(AuthenticationError):
            handler.decode_token(token)


@pytest.mark.parametrize(
    "claims", [{"sub": "u1"}, {"exp": 2e9}, {"sub": "u1", "exp": "soon"}, {"sub": 7, "exp": 2e9}]
)
def test_a_token_needs_a_subject_and_an_end(handler: JWTHandler, claims: dict[str, object]) -> None:
    with pytest.raises(AuthenticationError):
        handler.decode_token(jwt.encode(claims, SECRET, algorithm="HS256"))


def test_a_token_does_not_count_before_its_time(handler: JWTHandler, clock: FakeClock) -> None:
    claims = {"sub": "u1", "exp": clock.now() + 60, "nbf": clock.now() + 30}
    with pytest.raises(AuthenticationError):
        handler.decode_token(jwt.encode(claims, SECRET, algorithm="HS256"))


def test_a_short_secret_is_refused_before_anything_is_signed_with_it() -> None:
    with pytest.raises(ConfigurationError, match="LITEAGENT_JWT_SECRET") as caught:
        JWTHandler("hunter2")
    assert "hunter2" not in str(caught.value)


def test_only_the_probes_are_open_to_anybody(auth: AuthMiddleware) -> None:
    assert auth.should_skip_auth("/livez")
    assert auth.should_skip_auth("/readyz")
    assert not auth.should_skip_auth("/v1/models")
    assert not auth.should_skip_auth("/livez/../v1/models")


def test_a_key_is_validated_against_its_hash() -> None:
    auth = APIKeyAuth()
    auth.validate("sk_a", hash_api_key("sk_a"))
    assert not auth.verify("sk_b", hash_api_key("sk_a"))
    with pytest.raises(AuthenticationError):
        auth.validate("sk_b", hash_api_key("sk_a"))
