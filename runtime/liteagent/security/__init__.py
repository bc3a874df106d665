"""Who may come in, and what must not get out."""

from liteagent.security.api_key import SCOPES, ApiKeyInfo
from liteagent.security.auth import PUBLIC_PATHS, APIKeyAuth, AuthMiddleware
from liteagent.security.encryption import EncryptionService, get_encryption_service
from liteagent.security.keys import ApiKeys
from liteagent.security.redact import redact, redact_text
from liteagent.security.secret import generate_api_key, hash_api_key, verify_api_key
from liteagent.security.tokens import JWTHandler, TokenPayload, User

__all__ = [
    "PUBLIC_PATHS",
    "SCOPES",
    "APIKeyAuth",
    "ApiKeyInfo",
    "ApiKeys",
    "AuthMiddleware",
    "EncryptionService",
    "JWTHandler",
    "TokenPayload",
    "User",
    "generate_api_key",
    "get_encryption_service",
    "hash_api_key",
    "redact",
    "redact_text",
    "verify_api_key",
]
