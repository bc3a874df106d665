"""The outbox: from an entity's journal to a chat platform, exactly once."""

from liteagent.kernel.outbox.ledger import Delivery, DeliveryStatus
from liteagent.kernel.outbox.outbox import Outbox
from liteagent.kernel.outbox.sender import FindingSender, Sender, SendError

__all__ = ["Delivery", "DeliveryStatus", "FindingSender", "Outbox", "SendError", "Sender"]
