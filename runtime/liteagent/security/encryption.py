"""Symmetric encryption of secrets that must be read back: providers' keys, webhooks' tokens.

AES-256-GCM: `enc:v1:` and then, in URL-safe base64, 12 random bytes and the sealed text.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from functools import cache
from pathlib import Path

from liteagent.errors import ConfigurationError, DecryptionError
from liteagent.folders import make_folder

_PREFIX = "enc:v1:"
_KEY_BYTES = 32
_NONCE_BYTES = 12
KEY_FILE = "encryption.key"


class EncryptionService:
    """Seals texts with one key of 32 bytes; without one it makes its own."""

    def __init__(self, key: bytes | None = None) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._key = secrets.token_bytes(_KEY_BYTES) if key is None else key
        if len(self._key) != _KEY_BYTES:
            raise ConfigurationError(
                f"An encryption key is {_KEY_BYTES} bytes; this one is {len(self._key)}.",
                field="encryption_key",
            )
        self._cipher = AESGCM(self._key)

    @classmethod
    def of(cls, key: str, where: str) -> EncryptionService:
        """With a key in base64 that stands in `where`, which errors name. Raises
        `ConfigurationError`.
        """
        return cls(_from_base64(key, where))

    def encrypt(self, plaintext: str) -> str:
        """`enc:v1:…`, another one every time."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, plaintext.encode(), _PREFIX.encode())
        return _PREFIX + base64.urlsafe_b64encode(nonce + sealed).decode()

    def decrypt(self, ciphertext: str) -> str:
        """What was encrypted. Raises `DecryptionError` for another key's text or a changed one."""
        from cryptography.exceptions import InvalidTag

        if not self.is_encrypted(ciphertext):
            raise DecryptionError(f"This is no sealed secret: one begins with {_PREFIX}")
        try:
            data = base64.urlsafe_b64decode(ciphertext.removeprefix(_PREFIX).encode())
            opened = self._cipher.decrypt(
                data[:_NONCE_BYTES], data[_NONCE_BYTES:], _PREFIX.encode()
            )
        except (InvalidTag, ValueError) as error:
            raise DecryptionError(
                "A stored secret cannot be read: it was sealed with another key."
                " Set LITEAGENT_ENCRYPTION_KEY to that one, or store the secret again."
            ) from error
        return opened.decode()

    def is_encrypted(self, value: str) -> bool:
        return value.startswith(_PREFIX)

    def get_key(self) -> bytes:
        return self._key


@cache
def get_encryption_service() -> EncryptionService:
    """The service of this process: its key from `LITEAGENT_ENCRYPTION_KEY`, else from
    `encryption.key` in the data directory, which is made, readable by its owner only, when it is
    not there.
    """
    from liteagent.config import get_settings

    settings = get_settings()
    if settings.encryption_key is not None:
        return EncryptionService(
            _from_base64(settings.encryption_key.get_secret_value(), "LITEAGENT_ENCRYPTION_KEY")
        )
    return EncryptionService(read_or_make_key(settings.home / KEY_FILE))


def read_or_make_key(path: Path) -> bytes:
    """The key in the file, which is made if need be; of several processes one makes it."""
    if not path.exists():
        make_folder(path.parent)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(base64.urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # Unlike a rename, fails when another process was first.
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return _from_base64(path.read_text(encoding="ascii").strip(), str(path))


def _from_base64(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text.translate(str.maketrans("-_", "+/")), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ConfigurationError(
            f"{where} should be {_KEY_BYTES} bytes in base64, as `openssl rand -base64 32` makes"
            " them.",
            field="encryption_key",
        ) from error
    return key
