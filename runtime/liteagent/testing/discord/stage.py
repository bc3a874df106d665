"""Setting the stage: guilds, channels, roles and people."""

from __future__ import annotations

from collections.abc import Iterable

from liteagent.testing.discord import direct, payloads
from liteagent.testing.discord.errors import Json
from liteagent.testing.discord.people import Guild, Member, Role, User
from liteagent.testing.discord.permissions import EVERYDAY, bits
from liteagent.testing.discord.places import Channel, Thread
from liteagent.testing.discord.posting import send
from liteagent.testing.discord.threads import update_thread
from liteagent.testing.discord.world import Dispatch, World


class Stage:
    """What is there, and ways to add to it. Whoever is connected hears of each.

    Everything is named by its id, an int.
    """

    def __init__(self, world: World) -> None:
        self.world = world

    @property
    def bot_id(self) -> int:
        return self.world.bot.id

    @property
    def allow_intents(self) -> set[str]:
        """The privileged intents (`message_content`, `members`, `presences`) that the application
        has switched on: all, unless a test takes some away. To ask for another one is 4014.
        """
        return self.world.allowed_intents

    @property
    def shards(self) -> int:
        """How many shards `GET /gateway/bot` advises; 1 unless a test sets more."""
        return self.world.shards

    @shards.setter
    def shards(self, number: int) -> None:
        self.world.shards = number

    def add_guild(self, name: str) -> int:
        """A guild that the bot is a member of, without channels."""
        world = self.world
        guild = Guild(id=world.snowflakes.next(), name=name, owner_id=world.owner.id)
        guild.roles[guild.id] = Role(id=guild.id, name="@everyone", permissions=bits(EVERYDAY))
        guild.members[world.bot.id] = Member(user=world.bot, joined_at=world.clock.now())
        world.guilds[guild.id] = guild
        self._tell("GUILD_CREATE", guild, payloads.whole_guild(world, guild))
        return guild.id

    def add_channel(self, guild: int, name: str, *, bot_may: Iterable[str] = EVERYDAY) -> int:
        """A text channel; `bot_may` has the bot's permissions by Discord's names."""
        known = self.world.guild(guild)
        bits(bot_may)  # a name that Discord does not know fails here, not at its first use
        channel = Channel(
            id=self.world.snowflakes.next(),
            name=name,
            guild_id=known.id,
            bot_may=frozenset(bot_may),
        )
        self.world.channels[channel.id] = channel
        send(self.world, "CHANNEL_CREATE", channel, payloads.channel(self.world, channel))
        return channel.id

    def set_permissions(self, channel: int, bot_may: Iterable[str]) -> None:
        """Change what the bot may do in a channel."""
        place = self.world.channel(channel)
        place.bot_may = frozenset(bot_may)
        send(self.world, "CHANNEL_UPDATE", place, payloads.channel(self.world, place))

    def add_role(self, guild: int, name: str) -> int:
        known = self.world.guild(guild)
        role = Role(id=self.world.snowflakes.next(), name=name)
        known.roles[role.id] = role
        data = payloads.role(role, len(known.roles) - 1)
        self._tell("GUILD_ROLE_CREATE", known, {"guild_id": str(guild), "role": data})
        return role.id

    def add_member(
        self, guild: int, name: str, *, roles: Iterable[int] = (), bot: bool = False
    ) -> int:
        """Somebody new; the id of the user."""
        user = User(id=self.world.snowflakes.next(), name=name, bot=bot)
        self.world.users[user.id] = user
        return self.join(guild, user.id, roles=roles)

    def join(self, guild: int, user: int, *, roles: Iterable[int] = ()) -> int:
        """Make a user a member of one more guild."""
        known = self.world.guild(guild)
        member = Member(
            user=self.world.user(user), joined_at=self.world.clock.now(), roles=set(roles)
        )
        known.members[user] = member
        data = {**payloads.member(member), "guild_id": str(guild)}
        self._tell("GUILD_MEMBER_ADD", known, data)
        return user

    def give_role(self, guild: int, user: int, role: int) -> None:
        self.world.member(guild, user).roles.add(role)
        self._tell_member(guild, user)

    def take_role(self, guild: int, user: int, role: int) -> None:
        self.world.member(guild, user).roles.discard(role)
        self._tell_member(guild, user)

    def open_dm(self, user: int) -> int:
        """The channel of the bot's direct messages with this user."""
        return direct.open_dm(self.world, self.world.user(user)).id

    def archive(self, thread: int, *, locked: bool = False) -> None:
        """Archive a thread, as time or a moderator does; only a moderator opens a locked one."""
        place = self.world.thread(thread)
        update_thread(self.world, place, {"archived": True, "locked": locked})

    def threads_of(self, channel: int) -> list[Thread]:
        """A channel's threads, the oldest first."""
        return [one for one in self.threads if one.parent_id == channel]

    @property
    def threads(self) -> list[Thread]:
        """All threads, the oldest first."""
        return [one for one in self.world.channels.values() if isinstance(one, Thread)]

    def _tell_member(self, guild: int, user: int) -> None:
        known = self.world.guild(guild)
        data = {**payloads.member(known.members[user]), "guild_id": str(guild)}
        self._tell("GUILD_MEMBER_UPDATE", known, data)

    def _tell(self, name: str, guild: Guild, data: Json) -> None:
        self.world.emit(Dispatch(name=name, data=data, guild_id=guild.id))
