"""The stand-in Slack at a terminal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from liteagent.cli.chat_sim.peopled import PEOPLE, PeopledScene
from liteagent.cli.chat_sim.scene import CHANNEL, Blank, CannotDoError, Line, OpenForm
from liteagent.testing.slack import FakeSlack, Interaction, Message

MENTION = "@agent"
_DATE = re.compile(r"<!date\^\d+\^[^|>]*\|([^>]*)>")


class SlackScene(PeopledScene[str]):
    """A `Scene` in a workspace with a channel and direct messages."""

    def __init__(self, slack: FakeSlack) -> None:
        self._slack = slack
        users = {name: slack.add_user(name) for name in PEOPLE}
        super().__init__(users, slack.add_channel(CHANNEL, members=list(users.values())))
        self._thread = ""

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            "SLACK_BOT_TOKEN": self._slack.bot_token,
            "SLACK_APP_TOKEN": self._slack.app_token,
            "SLACK_SIGNING_SECRET": "",
            "LITEAGENT_SLACK_API_URL": self._slack.api_url,
        }

    @property
    def place(self) -> str:
        if self._at != self._channel:
            return "direct message"
        return f"#{CHANNEL} > thread" if self._thread else f"#{CHANNEL}"

    def go(self, place: str) -> None:
        self._thread = ""
        super().go(place)

    def _open_dm(self, user: str) -> str:
        return self._slack.open_dm(user)

    async def say(self, text: str) -> None:
        mentions = MENTION in text
        text = text.replace(MENTION, f"<@{self._slack.bot}>")
        ts = await self._slack.say(self._user, self._at, text, self._thread or None)
        if mentions and self._at == self._channel and not self._thread:
            self._thread = ts

    async def command(self, text: str) -> None:
        if self._thread:
            raise CannotDoError("Slack has no slash commands in threads: say !help instead.")
        _require_answer(await self._slack.command(self._user, self._at, "/agent", text))

    async def press(self, line: Line, label: str) -> OpenForm | None:
        before = {view.id for view in self._slack.views.open(self._user)}
        _require_answer(await self._slack.click(self._user, self._at, line.id, label))
        if not label.endswith("…"):
            return None
        opened = await self._slack.until(
            lambda: [v for v in self._slack.views.open(self._user) if v.id not in before]
        )
        view = opened[0]
        blanks = tuple(_blank(block) for block in view.body["blocks"])
        return OpenForm(id=view.id, title=view.title, blanks=blanks)

    async def submit(self, form: OpenForm, answers: Mapping[str, str]) -> Mapping[str, str]:
        done = await self._slack.submit(self._user, form.id, answers)
        _require_answer(done)
        return done.errors

    def lines(self) -> Sequence[Line]:
        standing = self._slack.messages(self._at, self._thread or None)
        seen = [m for m in self._slack.ephemerals if self._is_seen(m)]
        return [self._line(m) for m in sorted((*standing, *seen), key=lambda m: m.ts)]

    def status(self) -> str:
        return self._slack.status(self._at, self._thread or None)

    def drop(self) -> None:
        self._slack.faults.drop_sockets()

    def _is_seen(self, message: Message) -> bool:
        here = message.channel == self._at and (message.thread or "") in ("", self._thread)
        return message.only_for == self._user and here

    def _line(self, message: Message) -> Line:
        buttons = [
            element["text"]["text"]
            for block in message.blocks
            for element in block.get("elements", ())
            if element.get("type") == "button"
        ]
        marks = [f":{name}:" for name in message.reactions]
        marks += ["only you see this"] if message.only_for else []
        return Line(
            id=message.ts,
            author=self._name(message.user),
            text=_shown(self._slack.text_of(message), buttons),
            buttons=tuple(buttons),
            marks=tuple(marks),
            mine=message.user in self._users.values(),
        )


def _shown(text: str, buttons: Sequence[str]) -> str:
    """Without the buttons, which are numbered below it, and with times as a reader sees them."""
    drawn = {f"[{label}]" for label in buttons}
    kept = [line for line in text.splitlines() if line not in drawn]
    return _DATE.sub(r"\1", "\n".join(kept))


def _blank(block: Mapping[str, Any]) -> Blank:
    element = block["element"]
    chosen = element.get("initial_option", {}).get("value", "")
    return Blank(
        id=block["block_id"],
        label=block["label"]["text"],
        value=element.get("initial_value") or chosen,
        choices=tuple(option["value"] for option in element.get("options", ())),
    )


def _require_answer(interaction: Interaction) -> None:
    if not interaction.acked:
        raise CannotDoError("Slack shows a warning: the app did not answer within three seconds.")
