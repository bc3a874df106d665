"""The text of an API key: `la_<id>_<secret>`, shown once and stored as a hash.

The secret is 256 random bits, so nobody can try its values through, however fast the hash is. A
slow password hash would buy nothing and cost every request tens of milliseconds; SHA-256 is right
here. It is not right for a word that a person thought up: set `LITEAGENT_ADMIN_KEY` to random
characters too.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets


def new_key(key_id: str) -> str:
    """A fresh key's text; `key_id` is of letters and digits."""
    return f"la_{key_id}_{secrets.token_hex(32)}"


def new_key_id() -> str:
    """16 hexadecimal characters."""
    return secrets.token_hex(8)


def key_id_of(text: str) -> str | None:
    """The id in a key's text, or None when the text was not made here."""
    match = re.fullmatch(r"la_([a-z0-9]+)_[0-9a-f]+", text)
    return match[1] if match else None


def generate_api_key(prefix: str = "sk") -> str:
    """`<prefix>_<64 hexadecimal characters>`: 256 random bits, to be shown once."""
    return f"{prefix}_{secrets.token_hex(32)}"


def hash_api_key(api_key: str) -> str:
    """What is stored of a key: its SHA-256, in hexadecimal."""
    return hashlib.sha256(api_key.encode("utf-8", "surrogatepass")).hexdigest()


def verify_api_key(api_key: str, stored_hash: str) -> bool:
    """Whether `stored_hash` is the key's; takes the same time wherever they differ."""
    return hmac.compare_digest(hash_api_key(api_key).encode(), stored_hash.encode())
