"""tiktoken's encodings, as far as they lie on this machine already.

tiktoken downloads an encoding on first use. A token count must not wait for a network, so an
encoding is used only where tiktoken's cache holds an intact copy, which is checked first.
"""

from __future__ import annotations

import functools
import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tiktoken import Encoding

_FILES = {
    "o200k_base": (
        "fb374d419588a4632f3f557e76b4b70aebbca790",
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    ),
    "cl100k_base": (
        "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    ),
}
"""Per encoding: the file's name in tiktoken's cache, and the SHA-256 that tiktoken asks of it."""

_OLDER = ("gpt-4", "gpt-4-turbo", "gpt-4-32k", "gpt-3.5-turbo", "text-embedding")


def encoding_name(model: str) -> str:
    """The encoding of an OpenAI model; for any other one the newest, as an approximation."""
    name = model.rpartition("/")[2]
    older = any(name == family or name.startswith(f"{family}-") for family in _OLDER)
    return "cl100k_base" if older else "o200k_base"


def encoding_for(model: str) -> Encoding | None:
    """The encoding to count `model`'s tokens with, or None where it would have to be fetched."""
    return _load(encoding_name(model), _cache_directory())


def _cache_directory() -> Path:
    for variable in ("TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"):
        if variable in os.environ:
            return Path(os.environ[variable])
    return Path(tempfile.gettempdir()) / "data-gym-cache"


@functools.lru_cache(maxsize=8)
def _load(name: str, cache: Path) -> Encoding | None:
    file_name, digest = _FILES[name]
    try:
        if hashlib.sha256((cache / file_name).read_bytes()).hexdigest() != digest:
            return None
        import tiktoken

        return tiktoken.get_encoding(name)
    except (OSError, ValueError, ImportError):
        return None
