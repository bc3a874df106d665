"""A sealed secret comes back with the key that sealed it, and with no other."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from liteagent.config import get_settings
from liteagent.errors import ConfigurationError, DecryptionError
from liteagent.security import EncryptionService, get_encryption_service
from liteagent.security.encryption import read_or_make_key


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setenv("LITEAGENT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("LITEAGENT_ENCRYPTION_KEY", raising=False)
    for cached in (get_settings, get_encryption_service):
        cached.cache_clear()
    yield monkeypatch
    for cached in (get_settings, get_encryption_service):
        cached.cache_clear()


@pytest.mark.parametrize("text", ["", "sk-1", "ключ 🔑", "x" * 100_000])
def test_what_was_sealed_is_opened(text: str) -> None:
    service = EncryptionService()
    sealed = service.encrypt(text)

    assert sealed.startswith("enc:v1:")
    assert service.is_encrypted(sealed)
    assert EncryptionService(service.get_key()).decrypt(sealed) == text


def test_the_same_text_is_never_sealed_alike() -> None:
    service = EncryptionService()
    assert service.encrypt("a") != service.encrypt("a")


def test_another_key_or_a_changed_text_opens_nothing() -> None:
    service = EncryptionService()
    sealed = service.encrypt("secret")
    changed = sealed[:-4] + ("AAAA" if sealed[-4:] != "AAAA" else "BBBB")
    for other, text in (
        (EncryptionService(), sealed),
        (service, changed),
        (service, "enc:v1:x"),
        (service, "enc:v1:ü"),
        (service, "plain"),
    ):
        with pytest.raises(DecryptionError) as caught:
            other.decrypt(text)
        assert "secret key" not in str(caught.value)
        assert sealed not in str(caught.value)


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="32 bytes"):
        EncryptionService(b"short")


def test_the_key_comes_from_the_settings(fresh: pytest.MonkeyPatch) -> None:
    key = bytes(range(224, 256))
    fresh.setenv("LITEAGENT_ENCRYPTION_KEY", base64.b64encode(key).decode())
    assert get_encryption_service().get_key() == key


def test_a_key_that_is_no_base64_is_refused_without_being_shown(fresh: pytest.MonkeyPatch) -> None:
    fresh.setenv("LITEAGENT_ENCRYPTION_KEY", "correct horse")
    with pytest.raises(ConfigurationError, match="LITEAGENT_ENCRYPTION_KEY") as caught:
        get_encryption_service()
    assert "horse" not in str(caught.value)


def test_without_one_a_key_is_kept_in_the_home_for_its_owner_only(
    fresh: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sealed = get_encryption_service().encrypt("secret")
    get_encryption_service.cache_clear()

    assert get_encryption_service().decrypt(sealed) == "secret"
    path = tmp_path / "home" / "encryption.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_starting_at_once_makes_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(read_or_make_key, [tmp_path / "home" / "k"] * 8))
    assert len(keys) == 1
