"""The stand-in Discord at a terminal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from liteagent.cli.chat_sim.peopled import PEOPLE, PeopledScene
from liteagent.cli.chat_sim.scene import CHANNEL, Blank, CannotDoError, Line, OpenForm
from liteagent.testing.discord import CannotDoError as RefusedError
from liteagent.testing.discord import FakeDiscord, Interaction, Message

MENTION = "@agent"
_DATE = re.compile(r"<t:(\d+)(?::\w)?>")


class DiscordScene(PeopledScene[int]):
    """A `Scene` in a server with a channel and direct messages."""

    def __init__(self, discord: FakeDiscord) -> None:
        self._discord = discord
        guild = discord.add_guild("Office")
        channel = discord.add_channel(guild, CHANNEL)
        super().__init__({name: discord.add_member(guild, name) for name in PEOPLE}, channel)
        self._hidden: list[Interaction] = []

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            "DISCORD_TOKEN": self._discord.token,
            "LITEAGENT_DISCORD_API_URL": self._discord.api_url,
            "LITEAGENT_DISCORD_GATEWAY_URL": self._discord.gateway_url,
        }

    @property
    def place(self) -> str:
        if self._at == self._channel:
            return f"#{CHANNEL}"
        threads = {thread.id for thread in self._discord.threads}
        is_thread = self._at in threads or self._discord.message(self._at) is not None
        return f"#{CHANNEL} > thread" if is_thread else "direct message"

    def _open_dm(self, user: int) -> int:
        return self._discord.open_dm(user)

    async def say(self, text: str) -> None:
        mentions = MENTION in text
        text = text.replace(MENTION, f"<@{self._discord.bot_id}>")
        try:
            message = await self._discord.say(self._user, self._at, text)
        except (RefusedError, LookupError) as error:
            raise CannotDoError(str(error)) from error
        if mentions and self._at == self._channel:
            self._at = message  # the id of the thread that the agent makes of it

    async def command(self, text: str) -> None:
        asked = await self._discord.command(self._user, self._at, "agent", {"text": text})
        await self._answered(asked)

    async def press(self, line: Line, label: str) -> OpenForm | None:
        message = self._discord.message(int(line.id))
        buttons = [] if message is None else message.buttons
        wanted = next((each for each in buttons if each.get("label") == label), None)
        if wanted is None:
            raise CannotDoError("That button is gone.")
        asked = await self._discord.click(self._user, int(line.id), wanted["custom_id"])
        await self._answered(asked)
        if asked.modal is None:
            return None
        inputs = [part for row in asked.modal["components"] for part in _inputs(row)]
        blanks = tuple(_blank(part) for part in inputs)
        return OpenForm(id=asked.modal["custom_id"], title=asked.modal["title"], blanks=blanks)

    async def submit(self, form: OpenForm, answers: Mapping[str, str]) -> Mapping[str, str]:
        await self._answered(await self._discord.submit(self._user, form.id, dict(answers)))
        return {}

    def lines(self) -> Sequence[Line]:
        standing = list(self._discord.messages(self._at))
        root = self._discord.message(self._at)
        if root is not None:
            standing.insert(0, root)
        for asked in self._hidden:
            answers = [asked.response, *asked.followups]
            standing += [each for each in answers if each is not None and each.ephemeral]
        return [self._line(each) for each in sorted(standing, key=lambda message: message.id)]

    def status(self) -> str:
        return ""

    def drop(self) -> None:
        self._discord.gateway.cut()

    async def _answered(self, asked: Interaction) -> None:
        await self._discord.until(lambda: asked.done)
        if asked.failed:
            raise CannotDoError('Discord shows "This interaction failed": no answer within 3 s.')
        self._hidden.append(asked)

    def _line(self, message: Message) -> Line:
        embeds = [text for embed in message.embeds for text in _embedded(embed)]
        files = [f"[file {each.filename}]" for each in message.attachments]
        buttons = [str(each.get("label", "")) for each in message.buttons]
        return Line(
            id=str(message.id),
            author=self._name(message.author.id),
            text=_shown("\n".join(part for part in (message.content, *embeds, *files) if part)),
            buttons=tuple(buttons),
            marks=(*message.reactions, *(("only you see this",) if message.ephemeral else ())),
            mine=message.author.id in self._users.values(),
        )


def _shown(text: str) -> str:
    """With times as a reader sees them."""
    return _DATE.sub(_moment, text)


def _moment(found: re.Match[str]) -> str:
    return f"{datetime.fromtimestamp(int(found[1]), UTC):%Y-%m-%d %H:%M UTC}"


def _embedded(embed: Mapping[str, Any]) -> list[str]:
    fields = [f"{field['name']}: {field['value']}" for field in embed.get("fields", ())]
    footer = embed.get("footer", {}).get("text", "")
    return [embed.get("title", ""), embed.get("description", ""), *fields, footer]


def _inputs(part: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The inputs in a row of a modal, or under a label."""
    inner = [*part.get("components", ()), *([part["component"]] if "component" in part else [])]
    return [{"label": part.get("label", ""), **each} for each in inner]


def _blank(part: Mapping[str, Any]) -> Blank:
    options = part.get("options", ())
    chosen = next((option["value"] for option in options if option.get("default")), "")
    return Blank(
        id=part["custom_id"],
        label=part["label"],
        value=part.get("value") or chosen,
        choices=tuple(option["value"] for option in options),
    )
