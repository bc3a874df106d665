"""What a conversation shows while an agent works: the text as it comes, and what is done."""

from liteagent.chat.live.live import Live, answer_key
from liteagent.chat.live.status import Status, status_of

__all__ = ["Live", "Status", "answer_key", "status_of"]
