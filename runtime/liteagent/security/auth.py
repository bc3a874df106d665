"""Who sent this request: an API key or a token, out of an `Authorization` header."""

from __future__ import annotations

from collections.abc import Collection

from liteagent.errors import AuthenticationError
from liteagent.principal import Principal
from liteagent.security.keys import ApiKeys
from liteagent.security.secret import verify_api_key
from liteagent.security.tokens import JWTHandler, User

PUBLIC_PATHS = frozenset({"/livez", "/readyz"})
"""The probes, which are answered to anybody."""


class APIKeyAuth:
    """One key against one stored hash."""

    def verify(self, api_key: str, stored_hash: str) -> bool:
        """Whether the hash is the key's."""
        return verify_api_key(api_key, stored_hash)

    def validate(self, api_key: str, stored_hash: str) -> None:
        """Raises `AuthenticationError` unless the hash is the key's."""
        if not self.verify(api_key, stored_hash):
            raise AuthenticationError


class AuthMiddleware:
    """Settles who a request comes from. Tokens are accepted only where a `jwt` handler is given."""

    def __init__(
        self,
        keys: ApiKeys,
        jwt: JWTHandler | None = None,
        *,
        public_paths: Collection[str] = PUBLIC_PATHS,
    ) -> None:
        self._keys = keys
        self._jwt = jwt
        self._public_paths = public_paths

    def should_skip_auth(self, path: str) -> bool:
        """Whether anybody may ask for `path`."""
        return path in self._public_paths

    async def principal(self, authorization: str) -> Principal:
        """Who an `Authorization` header names. Raises `AuthenticationError`."""
        scheme, _, credential = authorization.strip().partition(" ")
        credential = credential.strip()
        if scheme.lower() != "bearer" or not credential:
            raise AuthenticationError(
                "This needs an API key: send it as `Authorization: Bearer <key>`."
            )
        principal = await self._keys.authenticate(credential)
        if principal is not None:
            return principal
        if self._jwt is None or credential.count(".") != 2:
            raise AuthenticationError
        payload = self._jwt.decode_token(credential)
        if payload.type != "access":
            raise AuthenticationError("A refresh token opens nothing: send an access token.")
        return payload.principal()

    async def authenticate(self, authorization: str) -> User:
        """The same as a `User`; a key's scopes are its roles. Raises `AuthenticationError`."""
        principal = await self.principal(authorization)
        emails = principal.claims.get("emails", ())
        return User(
            id=principal.id,
            email=emails[0] if emails else "",
            roles=list(principal.claims.get("roles", tuple(sorted(principal.scopes)))),
            tenant=principal.tenant,
        )
