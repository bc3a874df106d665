"""The canonical digest by which an approval is bound to exact arguments."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def digest(value: Any) -> str:
    """SHA-256, hex, of the value's canonical JSON: sorted keys, no spaces, ASCII."""
    return hashlib.sha256(_canonical(value).encode("ascii")).hexdigest()


_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode
