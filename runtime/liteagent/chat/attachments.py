"""Files that came with a message, as text for the agent."""

from __future__ import annotations

import re
from collections.abc import Sequence

from liteagent.chat.inbound import FileIn
from liteagent.chat.platform import Platform
from liteagent.kernel import SendError

MOST_BYTES = 256 * 1024
"""A file larger than this is named, not read."""
MOST_FILES = 10
_TEXT_TYPE = re.compile(
    r"text/.*|application/(x-)?(json|jsonl|xml|yaml|toml|javascript|sh|sql|csv|ipynb.*)|.*\+(xml|json)"
)
_TEXT_NAME = re.compile(
    r".*\.(bat|c|cfg|conf|cpp|cs|css|csv|diff|env|go|h|hpp|html|ini|ipynb|java|js|jsonl?|jsx|kt|log"
    r"|lua|md|patch|php|pl|properties|proto|ps1|py|rb?|rs|rst|scala|sh|sql|svg|swift|tex|tf|toml|tsx?"
    r"|tsv|txt|vue|xml|ya?ml)",
    re.IGNORECASE,
)


async def with_files(platform: Platform, text: str, files: Sequence[FileIn]) -> str:
    """A message's text with what its files say, in fenced blocks; those that cannot be read are
    named. Raises `SendError` where trying again helps.
    """
    read = [await _shown(platform, file) for file in files[:MOST_FILES]]
    if len(files) > MOST_FILES:
        read.append(f"({len(files) - MOST_FILES} more files came with it, which you cannot read.)")
    return "\n\n".join(part for part in (text.strip(), *read) if part)


async def _shown(platform: Platform, file: FileIn) -> str:
    content = await _read(platform, file) if is_text(file) else None
    if content is None:
        return f"(The file {file.name}, {_size(file.size)}, came with it; you cannot read it.)"
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", content)), default=0))
    return f"The file {file.name}:\n{fence}\n{content.rstrip()}\n{fence}"


def is_text(file: FileIn) -> bool:
    """Whether a file is read: small, and text by its type or its name."""
    if file.size > MOST_BYTES:
        return False
    mime = file.mime.partition(";")[0].strip().lower()
    return bool(_TEXT_TYPE.fullmatch(mime) or _TEXT_NAME.fullmatch(file.name))


async def _read(platform: Platform, file: FileIn) -> str | None:
    """What a file says; None where it says nothing that can be read."""
    try:
        content = await platform.fetch(file)
    except SendError as error:
        if not error.permanent:
            raise
        return None
    if len(content) > MOST_BYTES or b"\0" in content:
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _size(size: int) -> str:
    if size < 1000:
        return f"{size} bytes"
    if size < 1_000_000:
        return f"{size / 1000:.0f} kB"
    return f"{size / 1_000_000:.1f} MB"
