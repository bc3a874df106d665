"""The adapter as it runs: one application, served until cancelled."""

from __future__ import annotations

import logging

import aiohttp
import discord

from liteagent.agents import ApprovalInbox
from liteagent.chat.adapter import AdapterHealth, AdapterParts, Connect
from liteagent.chat.bindings import Bindings
from liteagent.chat.cards.buttons import Buttons
from liteagent.chat.decisions import Decisions
from liteagent.chat.health import ChatHealth
from liteagent.chat.people import People
from liteagent.chat.places import Place
from liteagent.chat.together import until_one_ends
from liteagent.errors import ConfigurationError
from liteagent.resilience import RetryConfig, backoff_delay
from liteagent_discord.account import (
    Account,
    account_of,
    intent_sentence,
    intents_of,
    openness_of,
)
from liteagent_discord.errors import TokenRefusedError, translated
from liteagent_discord.intake import Intake
from liteagent_discord.listener import IDENTIFY_SECONDS, Ears, Listener, quiet_library
from liteagent_discord.platform import CLAIM, NAME, DiscordPlatform
from liteagent_discord.rest import Rest
from liteagent_discord.settings import DiscordSettings, addressed
from liteagent_discord.slash import register

WAITS = RetryConfig(initial_delay=1.0, max_delay=60.0)
BAD_TOKEN = 4004
log = logging.getLogger(__name__)


class DiscordRunning:
    """See `liteagent.chat.adapter.RunningAdapter`."""

    def __init__(
        self,
        settings: DiscordSettings,
        parts: AdapterParts,
        connect: Connect,
        *,
        identify_seconds: float = IDENTIFY_SECONDS,
    ) -> None:
        self._settings, self._parts, self._connect = settings, parts, connect
        self._identify_seconds = identify_seconds
        self._health = ChatHealth("Discord", parts.clock)
        self._rest = Rest()
        self._client: Listener | None = None
        self._account: Account | None = None
        self._intake: Intake | None = None

    async def run(self) -> None:
        quiet_library()
        with addressed(self._settings):
            try:
                await self._serve()
            finally:
                await self._close_client()
                self._intake = self._account = None
                self._health.disconnected("it has stopped")

    def health(self) -> AdapterHealth:
        found = self._health.report()
        trouble = self._rest.trouble or (self._intake.trouble if self._intake else "")
        names = {"name": self._account.name} if self._account else {}
        return AdapterHealth(
            connected=found.connected and not trouble,
            text=trouble or found.text,
            details={**names, **found.details},
        )

    async def _serve(self) -> None:
        client = await self._logged_in()
        client.doubts = [intents_of(client), openness_of(client)]
        self._account = account = account_of(client)
        platform = DiscordPlatform(self._rest, account, self._parts.clock, self._begun_in)
        chat = self._connect(platform)
        self._intake = intake = Intake(
            platform, chat.receive, await self._decisions(platform), self._parts.clock
        )
        await register(self._rest, account, self._parts.runtime.journal)
        log.info("Serving Discord as %s.", account.name)
        try:
            ears = Ears(intake=intake, chat=chat)
            await until_one_ends(chat.run(), intake.run(), self._listen(ears))
        finally:
            await platform.close()

    async def _begun_in(self, conversation: str) -> Place | None:
        bound = await Bindings(self._parts.runtime.journal, NAME).get(conversation)
        return None if bound is None else bound.place

    async def _decisions(self, platform: DiscordPlatform) -> Decisions:
        parts = self._parts
        return Decisions(
            ApprovalInbox(parts.runtime),
            platform,
            People(NAME, CLAIM, parts.settings),
            await Buttons.open(parts.runtime.journal, NAME),
            find_tool=parts.find_tool,
            clock=parts.clock,
        )

    async def _listen(self, ears: Ears) -> None:
        """Keep a connection until cancelled; what discord.py gives up is begun anew."""
        tries = 0
        while True:
            client = self._client or await self._logged_in()
            client.ears = ears
            self._health.failed("its gateway has not answered yet, and is tried until it does")
            try:
                await client.connect()
            except discord.PrivilegedIntentsRequired as error:
                raise ConfigurationError(intent_sentence(str(client.application_id))) from error
            except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
                if getattr(error, "code", None) == BAD_TOKEN:
                    raise ConfigurationError(str(TokenRefusedError())) from error
                self._health.disconnected(f"{type(error).__name__}: {error}")
            except Exception as error:  # the boundary: what discord.py does not expect of Discord
                log.exception("The connection to Discord broke, and is opened again.")
                self._health.disconnected(f"{type(error).__name__}: {error}")
            tries = 1 if client.is_ready() else tries + 1
            await self._close_client()
            await self._parts.clock.sleep(backoff_delay(tries, WAITS))

    async def _logged_in(self) -> Listener:
        """A client that Discord knows, asked for until it answers. Raises `ConfigurationError`
        when it refuses the token.
        """
        tries = 0
        while True:
            client = Listener(
                self._health,
                identify_seconds=self._identify_seconds,
                gateway_is_given=bool(self._settings.gateway_url),
            )
            try:
                await client.login(self._settings.token)
            except discord.LoginFailure as error:
                await client.close()
                raise ConfigurationError(str(TokenRefusedError())) from error
            except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
                await client.close()
                refused = translated("login", error)
                self._health.failed(str(refused).rstrip("."))
                tries += 1
                await self._parts.clock.sleep(refused.retry_after or backoff_delay(tries, WAITS))
            except BaseException:
                await client.close()
                raise
            else:
                self._client = client
                self._rest.use(client)
                return client

    async def _close_client(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()
