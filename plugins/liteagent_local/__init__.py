"""Any GGUF file as a model, served by llama.cpp on this machine.

`local/<path to a .gguf>`, or `local/<name>` of a file in `LITEAGENT_LOCAL_MODELS`, by default the
folder `models` of the data directory. Needs the extra `local`.
"""

from collections.abc import Callable
from typing import Any

import liteagent
from liteagent_local.provider import LocalProvider

__all__ = ["LocalProvider"]


@liteagent.hookimpl
def register_models(register: Callable[[Any], None]) -> None:
    """Offer `local/…`."""
    register(LocalProvider())
