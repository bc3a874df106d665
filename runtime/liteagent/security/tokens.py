"""JSON Web Tokens: signed statements of who somebody is, good until they expire.

The algorithm is HS256 and nothing else, whatever a token's header says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from liteagent.clock import Clock, SystemClock
from liteagent.errors import AuthenticationError, ConfigurationError
from liteagent.principal import Principal
from liteagent.security.api_key import SCOPES

ALGORITHM = "HS256"
_SHORTEST_SECRET = 32
_INVALID = "The token is not valid: sign in again."
TokenType = Literal["access", "refresh"]


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person that signed in."""

    id: str
    email: str
    roles: list[str]
    tenant: str = ""

    def has_role(self, role: str) -> bool:
        return role in self.roles


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPayload:
    """What a token says. Times in seconds since 1970."""

    sub: str
    email: str = ""
    roles: tuple[str, ...] = ()
    tenant: str = ""
    type: TokenType = "access"
    iat: float = 0.0
    exp: float = 0.0

    def user(self) -> User:
        return User(id=self.sub, email=self.email, roles=list(self.roles), tenant=self.tenant)

    def principal(self) -> Principal:
        """Whoever the token names; may chat, and holds the scopes that it has the roles for."""
        return Principal(
            id=self.sub,
            name=self.email or self.sub,
            tenant=self.tenant,
            scopes=SCOPES.intersection(self.roles) | {"chat"},
            claims={"roles": self.roles, "emails": (self.email,) if self.email else ()},
        )


class JWTHandler:
    """Makes and reads tokens signed with one secret.

    Raises `ConfigurationError` for a secret of fewer than 32 bytes, which could be guessed offline.
    """

    def __init__(
        self,
        secret: str,
        *,
        clock: Clock | None = None,
        access_seconds: float = 3600,
        refresh_seconds: float = 30 * 86400,
    ) -> None:
        if len(secret.encode()) < _SHORTEST_SECRET:
            raise ConfigurationError(
                "LITEAGENT_JWT_SECRET is too short to sign with: it should be at least 32 random"
                " bytes, as `openssl rand -hex 32` makes them.",
                field="jwt_secret",
            )
        self._secret = secret
        self._clock = clock or SystemClock()
        self._seconds: Mapping[TokenType, float] = {
            "access": access_seconds,
            "refresh": refresh_seconds,
        }

    def create_access_token(self, user: User) -> str:
        """A token that a request may carry."""
        return self._create(user, "access")

    def create_refresh_token(self, user: User) -> str:
        """A token that is good for nothing but asking for an access token."""
        return self._create(user, "refresh")

    def decode_token(self, token: str) -> TokenPayload:
        """What the token says. Raises `AuthenticationError` when it is not ours or has expired."""
        import jwt

        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=[ALGORITHM],
                # PyJWT knows the machine's clock only; ours is asked below.
                options={
                    "require": ["sub", "exp"],
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except jwt.InvalidTokenError as error:
            raise AuthenticationError(_INVALID) from error
        payload = _payload(claims)
        if not _time(claims, "nbf") <= self._clock.now() < payload.exp:
            raise AuthenticationError("The token has expired: sign in again.")
        return payload

    def _create(self, user: User, token_type: TokenType) -> str:
        import jwt

        now = self._clock.now()
        claims: dict[str, Any] = {
            "sub": user.id,
            "email": user.email,
            "roles": user.roles,
            "tenant": user.tenant,
            "type": token_type,
            "iat": now,
            "exp": now + self._seconds[token_type],
        }
        return jwt.encode(claims, self._secret, algorithm=ALGORITHM)


def _payload(claims: Mapping[str, Any]) -> TokenPayload:
    roles: list[object] = claims.get("roles", [])
    return TokenPayload(
        sub=claims["sub"],
        email=str(claims.get("email", "")),
        roles=tuple(str(role) for role in roles),
        tenant=str(claims.get("tenant", "")),
        type="refresh" if claims.get("type") == "refresh" else "access",
        iat=_time(claims, "iat"),
        exp=_time(claims, "exp"),
    )


def _time(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name, 0)
    if not isinstance(value, int | float):
        raise AuthenticationError(_INVALID)
    return value
