"""The text of messages: cut to size, put together again, and tables drawn."""

from liteagent.chat.text.cutting import join, split
from liteagent.chat.text.tables import tables_as_code

__all__ = ["join", "split", "tables_as_code"]
