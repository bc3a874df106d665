"""A stand-in for Discord, REST and gateway, to run an unchanged discord.py against.

    async with FakeDiscord() as discord:
        guild = discord.add_guild("Office")
        channel = discord.add_channel(guild, "general")
        ann = discord.add_member(guild, "Ann")
        with pointed_at(discord):
            await bot.login(discord.token)  # and bot.connect() in a task of its own
            await discord.until(lambda: discord.connected)
            asked = await discord.say(ann, channel, f"<@{discord.bot_id}> deploy?")
            await discord.until(lambda: discord.messages(asked))  # the thread has its id
            click = await discord.click(ann, discord.messages(asked)[0].id, "approve")
            await discord.until(lambda: click.done)

It is as strict as Discord, and `discord.faults` has what goes wrong there. Needs aiohttp.
"""

from liteagent.testing.discord.errors import CannotDoError
from liteagent.testing.discord.faults import CALLBACKS, EDITS, SENDS, Calls, Fault
from liteagent.testing.discord.interactions import Interaction
from liteagent.testing.discord.messages import Message, Upload
from liteagent.testing.discord.permissions import EVERYDAY
from liteagent.testing.discord.places import Channel, Thread
from liteagent.testing.discord.rest import Call
from liteagent.testing.discord.server import FakeDiscord, pointed_at

__all__ = [
    "CALLBACKS",
    "EDITS",
    "EVERYDAY",
    "SENDS",
    "Call",
    "Calls",
    "CannotDoError",
    "Channel",
    "FakeDiscord",
    "Fault",
    "Interaction",
    "Message",
    "Thread",
    "Upload",
    "pointed_at",
]
