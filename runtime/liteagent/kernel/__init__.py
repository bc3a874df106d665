"""The kernel: entities, their hosts, and the Runtime through which everybody reaches them."""

from liteagent.kernel.frames import Frame, Live, Progress, Reply
from liteagent.kernel.host import EntityHost
from liteagent.kernel.kind import Command, Decision, Effect, Kind
from liteagent.kernel.live import EffectContext
from liteagent.kernel.local import LocalRuntime, recover_entities
from liteagent.kernel.ownership import OwnedElsewhereError, Ownership, ProcessOwnership
from liteagent.kernel.runtime import Runtime

__all__ = [
    "Command",
    "Decision",
    "Effect",
    "EffectContext",
    "EntityHost",
    "Frame",
    "Kind",
    "Live",
    "LocalRuntime",
    "OwnedElsewhereError",
    "Ownership",
    "ProcessOwnership",
    "Progress",
    "Reply",
    "Runtime",
    "recover_entities",
]
