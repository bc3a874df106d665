"""Messages of ours that converge: made, changed and removed until they show what they should."""

from liteagent.chat.posts.contents import part_limit, text_contents
from liteagent.chat.posts.posts import Posts
from liteagent.chat.posts.shown import Shown

__all__ = ["Posts", "Shown", "part_limit", "text_contents"]
