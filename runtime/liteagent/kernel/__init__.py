"""The kernel: entities, their hosts, and the Runtime through which everybody reaches them."""

from liteagent.kernel.context import EffectContext
from liteagent.kernel.frames import Frame, Live, Progress, Reply
from liteagent.kernel.host import EntityHost
from liteagent.kernel.kind import Command, Decision, Effect, Kind
from liteagent.kernel.local import LocalRuntime, recover_entities
from liteagent.kernel.outbox import (
    Delivery,
    DeliveryStatus,
    FindingSender,
    Outbox,
    Sender,
    SendError,
)
from liteagent.kernel.ownership import (
    Liveness,
    OwnedElsewhereError,
    Ownership,
    ProcessOwnership,
)
from liteagent.kernel.runtime import Runtime

__all__ = [
    "Command",
    "Decision",
    "Delivery",
    "DeliveryStatus",
    "Effect",
    "EffectContext",
    "EntityHost",
    "FindingSender",
    "Frame",
    "Kind",
    "Live",
    "Liveness",
    "LocalRuntime",
    "Outbox",
    "OwnedElsewhereError",
    "Ownership",
    "ProcessOwnership",
    "Progress",
    "Reply",
    "Runtime",
    "SendError",
    "Sender",
    "recover_entities",
]
