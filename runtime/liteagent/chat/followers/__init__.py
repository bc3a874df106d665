"""From the journals of sessions to their conversations."""

from liteagent.chat.followers.followers import Followers

__all__ = ["Followers"]
