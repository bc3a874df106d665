"""A Slack that runs on this machine."""

from liteagent.testing.slack.fake import FakeSlack

__all__ = ["FakeSlack"]
