"""Slack's markup to and from the Markdown that agents speak."""

from __future__ import annotations

import html
import re

_CALLS_ALL = re.compile(r"<!(?=(?:channel|here|everyone|subteam\^))")
_LINK = re.compile(r"<([^<>|\s]+)(?:\|([^<>]*))?>")
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
_WORD_JOINER = "\u2060"


def as_slack(markdown: str) -> str:
    """Markdown for a `markdown` block, which takes it as it is; nothing in it calls a whole
    channel.
    """
    return _CALLS_ALL.sub(f"<{_WORD_JOINER}!", markdown)


def as_plain(text: str) -> str:
    """What a person typed: links and channels in words, `<@U1>` for people, no escapes."""
    return html.unescape(_LINK.sub(_words, text))


def escaped(text: str) -> str:
    """For `mrkdwn`, where these three have a meaning."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def without_opening(text: str, user: str) -> str:
    """The text without the mention of `user` that opens it."""
    found = _MENTION.match(text.lstrip())
    if found is None or found[1] != user:
        return text.strip()
    return text.lstrip()[found.end() :].lstrip(" \t,:\u00a0").strip()


def mentions(text: str, user: str) -> bool:
    """Whether the text mentions this person."""
    return any(found[1] == user for found in _MENTION.finditer(text))


def opens_with_other(text: str, user: str) -> bool:
    """Whether the text opens with a mention of somebody else."""
    found = _MENTION.match(text.lstrip())
    return found is not None and found[1] != user


def letters(text: str) -> str:
    """What is left of a text however it was marked up: to compare what Slack shows with what was
    sent.
    """
    return "".join(character for character in as_plain(text) if character.isalnum())


def _words(found: re.Match[str]) -> str:
    target, label = found[1], found[2]
    if target[0] == "@":
        return f"<{target}>"
    if target[0] == "#":
        return f"#{label or target[1:]}"
    if target[0] == "!":
        return _special(target, label)
    if not label or label in target:
        return target.removeprefix("mailto:") if label else target
    return f"[{label}]({target})"


def _special(target: str, label: str | None) -> str:
    if label:
        return label
    return f"@{target[1:].partition('^')[0]}"
