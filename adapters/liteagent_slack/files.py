"""Files that people send, and answers that are files."""

from __future__ import annotations

from urllib.parse import urlsplit

import aiohttp

from liteagent.chat.inbound import FileIn
from liteagent.chat.places import Place
from liteagent.chat.platform import FileOut
from liteagent_slack.errors import SlackError, refusal
from liteagent_slack.web import SlackWeb

CHUNK = 64 * 1024


async def fetch(web: SlackWeb, file: FileIn, most: int) -> bytes:
    """The content, from Slack's own hosts alone, which see the token. Raises `SlackError`."""
    if not file.url or not is_slack(web, file):
        raise _refused(file, "it stands outside of Slack", "external")
    if file.size > most:
        raise _refused(file, f"it has more than {most:,} bytes", "too_large")
    headers = {"Authorization": f"Bearer {web.settings.bot_token}"}
    try:
        async with web.session.get(file.url, headers=headers) as answer:
            if answer.status != 200:
                status = answer.status
                raise refusal("a file", status, dict(answer.headers), {}, variable="")
            if answer.content_type == "text/html" and "html" not in file.mime:
                raise _refused(
                    file,
                    "Slack shows its login page instead: add the scope files:read under OAuth &"
                    " Permissions, then install the app again",
                    "login_page",
                )
            return await _read(answer, file, most)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise SlackError(f"{file.name} cannot be fetched: {error}.", "unreachable") from error


async def upload(web: SlackWeb, place: Place, file: FileOut, key: str) -> str:
    """Post a file, by Slack's three steps; the id of its message, or of the file where Slack does
    not say where it shows it. The file's name carries `key`, so that it is found again.
    """
    asked = await web.ask(
        "files.getUploadURLExternal", filename=file.name, length=max(1, len(file.content))
    )
    await _put(web, asked["upload_url"], file)
    done = await web.call(
        "files.completeUploadExternal",
        files=[{"id": asked["file_id"], "title": title_of(file, key)}],
        channel_id=place.channel,
        thread_ts=place.thread or None,
    )
    shared = next(iter(done.get("files") or ()), {})
    return _message_of(shared, place.channel) or asked["file_id"]


def title_of(file: FileOut, key: str) -> str:
    """The title that shows, and by which the message is known again: Slack takes no metadata with
    files.
    """
    return f"{file.title or file.name} [{key[:8]}]"


def is_slack(web: SlackWeb, file: FileIn) -> bool:
    """Whether the address is one that may see the token."""
    address, api = urlsplit(file.url), urlsplit(web.settings.api_url)
    if address[:2] == api[:2]:
        return True
    host = address.hostname or ""
    return address.scheme == "https" and (host == "slack.com" or host.endswith(".slack.com"))


async def _read(answer: aiohttp.ClientResponse, file: FileIn, most: int) -> bytes:
    content = bytearray()
    async for chunk in answer.content.iter_chunked(CHUNK):
        content += chunk
        if len(content) > most:
            raise _refused(file, f"it has more than {most:,} bytes", "too_large")
    return bytes(content)


async def _put(web: SlackWeb, url: str, file: FileOut) -> None:
    try:
        async with web.session.post(url, data=file.content or b"\n") as answer:
            if answer.status != 200:
                status = answer.status
                raise refusal("an upload", status, dict(answer.headers), {}, variable="")
    except (TimeoutError, aiohttp.ClientError) as error:
        # nothing is shown before the upload is completed
        raise SlackError(f"{file.name} cannot be uploaded: {error}.", "unreachable") from error


def _message_of(file: dict[str, object], channel: str) -> str:
    """The timestamp of the message that shows a file."""
    shares = file.get("shares")
    if not isinstance(shares, dict):
        return ""
    for places in shares.values():
        for share in places.get(channel, ()):
            return str(share.get("ts") or "")
    return ""


def _refused(file: FileIn, why: str, code: str) -> SlackError:
    return SlackError(f"{file.name} cannot be fetched: {why}.", code, permanent=True)
