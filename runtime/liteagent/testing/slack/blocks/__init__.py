"""Block Kit's rules, as pure functions."""

from liteagent.testing.slack.blocks.check import check_blocks, check_view
from liteagent.testing.slack.blocks.problems import Problem
from liteagent.testing.slack.blocks.reading import fill_ids, readable, text_length

__all__ = ["Problem", "check_blocks", "check_view", "fill_ids", "readable", "text_length"]
