"""One more workspace in which the app is, or is to be, installed."""

from __future__ import annotations

from liteagent.testing.slack.parts import Parts
from liteagent.testing.slack.people import People
from liteagent.testing.slack.places import Places
from liteagent.testing.slack.sight import Sight


class Team(Places, People, Sight):
    """Its people and places; the app hears of them by the way on which it hears of all teams."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    @property
    def team(self) -> str:
        """Its id."""
        return self._parts.workspace.team

    @property
    def bot(self) -> str:
        """The app's user id here."""
        return self._parts.workspace.bot

    @property
    def bot_token(self) -> str:
        """What the app gets for a code of this team."""
        return self._parts.stage.secrets.bot_token

    def issue_code(self) -> str:
        """See `FakeSlack.issue_code`."""
        return self._parts.stage.secrets.issue_code()

    def uninstall(self) -> None:
        """Somebody takes the app out of the workspace: its token is void, and the app is told."""
        stage = self._parts.stage
        stage.secrets.revoked.add(self.bot_token)
        stage.announcer.event({"type": "tokens_revoked", "tokens": {"bot": [self.bot]}})
        stage.announcer.event({"type": "app_uninstalled"})
        self._parts.changes.touch()

    def install_again(self) -> None:
        """The app may be installed once more, and gets the same token."""
        self._parts.stage.secrets.revoked.clear()
