"""What a plugin registers with `register_adapters`: one chat platform, from its variables to a
running account.

A process that only lists adapters never calls more than `lacks`, so that registering one imports no
library of the platform.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal, Protocol

from liteagent.agents.chat_settings import ChatSettings
from liteagent.errors import ConfigurationError

if TYPE_CHECKING:
    from fastapi import APIRouter

    from liteagent.agents.env import AgentDirectory
    from liteagent.chat.inbound import Inbound
    from liteagent.chat.platform import Platform
    from liteagent.clock import Clock
    from liteagent.events import Json
    from liteagent.journal import Journal
    from liteagent.kernel import Runtime
    from liteagent.plugins import PluginHost
    from liteagent.tools import Tool


class Chat(Protocol):
    """The chat core over one account, as an adapter uses it."""

    async def receive(self, item: Inbound) -> None:
        """Store what came in; only then may the platform be told that it arrived.

        Raises `JournalUnavailableError`: nothing is stored, and the platform must send it again.
        """
        ...

    def reconnected(self) -> None:
        """Events may have been missed: look back."""
        ...

    async def run(self) -> None:
        """Handle what comes in and post what goes out, until cancelled."""
        ...


def find_no_tool(name: str) -> Tool | None:
    """Where no tools are known: their arguments are shown as JSON, and not checked in forms."""
    return None


Connect = Callable[["Platform"], Chat]
"""Sets the chat core upon an account whose name and team are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterParts:
    """What an adapter is built over, in its own process and in a gateway's; closed by whoever
    gave it.
    """

    runtime: Runtime
    agents: AgentDirectory
    clock: Clock
    environ: Mapping[str, str] = field(repr=False)
    """Where the tokens are."""
    settings: ChatSettings = field(default_factory=ChatSettings)
    find_tool: Callable[[str], Tool | None] = find_no_tool
    """For the forms in which arguments are edited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterHealth:
    """How well the connection to the platform is, by what it did last and not by its tokens."""

    connected: bool
    text: str
    """A sentence: what is wrong and what mends it, or what it is connected to."""
    details: Mapping[str, Json] = field(default_factory=dict[str, "Json"])
    """`last_pong_age`, `last_event_age` in seconds, and whatever else tells dead from quiet."""


class RunningAdapter(Protocol):
    """One account on the platform, to be run by one process at a time."""

    async def run(self) -> None:
        """Connect and serve until cancelled; what breaks is connected again.

        Raises `ConfigurationError` when no try can help: a token that is refused, a scope that is
        missing.
        """
        ...

    def health(self) -> AdapterHealth:
        """As it is now."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterRoutes:
    """Routes for the gateway, where the platform calls us: `create_app` takes both."""

    router: APIRouter
    open_paths: tuple[str, ...]
    """Those of them that know their caller by the platform's own signature."""
    close: Callable[[], Awaitable[None]]
    """Lets go of what the routes hold; called when the gateway ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterFinding:
    """What one check of `liteagent doctor` found."""

    level: Literal["ok", "note", "wrong"]
    text: str
    """With what to do, where something is wrong."""


class Adapter(Protocol):
    """One chat platform."""

    @property
    def name(self) -> str:
        """`slack`, `discord`: the platform's."""
        ...

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables of the environment that it reads, the most needed first."""
        ...

    @property
    def switches(self) -> tuple[str, ...]:
        """Those of them of which one is enough for the adapter to be wanted."""
        ...

    def lacks(self, environ: Mapping[str, str]) -> str:
        """What keeps it from running, in one sentence; empty when nothing does."""
        ...

    def build(self, parts: AdapterParts, connect: Connect) -> RunningAdapter:
        """The account that the variables name; connects nothing yet. Raises
        `ConfigurationError`.
        """
        ...

    def routes(self, parts: AdapterParts) -> AdapterRoutes | None:
        """What the gateway serves for the platform; None where the platform is listened to
        instead. Any number of gateways may, besides the running adapter.
        """
        ...

    def examine(
        self, environ: Mapping[str, str], journal: Journal | None = None
    ) -> AsyncIterator[AdapterFinding]:
        """Ask the platform whether the tokens are good and may do what is needed; those in the
        journal too, where there is one.
        """
        ...


def lacking_packages(platform: str, packages: Sequence[str], *, extra: str) -> str:
    """A sentence with the command that installs what is missing of these packages, named as they
    are imported; empty when nothing is.
    """
    missing = [name for name in packages if find_spec(name) is None]
    if not missing:
        return ""
    return f'{platform} needs {" and ".join(missing)}: pip install "liteagent-runtime[{extra}]"'


def is_wanted(adapter: Adapter, environ: Mapping[str, str]) -> bool:
    """Whether the environment asks for this adapter."""
    return any(environ.get(name) for name in adapter.switches)


async def collect_adapters(plugins: PluginHost) -> Mapping[str, Adapter]:
    """Every adapter that the plugins bring, by name. Raises `ConfigurationError` where two bring
    the same.
    """
    found: dict[str, Adapter] = {}
    for adapter, origin in await plugins.collect("register_adapters"):
        if adapter.name in found:
            raise ConfigurationError(
                f"{origin} brings another adapter named {adapter.name}: disable one of the two"
                " plugins."
            )
        found[adapter.name] = adapter
    return found
