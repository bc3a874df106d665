"""What a message is to say, as the methods of chat.* take it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from liteagent.testing.slack.blocks import check_blocks, fill_ids, text_length
from liteagent.testing.slack.methods.arguments import Arguments
from liteagent.testing.slack.records import Json
from liteagent.testing.slack.refusal import SlackRefusal
from liteagent.testing.slack.stage import Stage

SPLIT_AT = 4_000
"""Characters of `text`, beyond which Slack breaks a message in two wherever it likes."""
MOST_TEXT = 40_000
MOST_MARKDOWN = 12_000
MOST_IN_BLOCKS = 13_200
MOST_METADATA = 16_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What passed the checks."""

    text: str
    markdown: str
    blocks: list[Json]
    attachments: list[Json]
    metadata: Json | None


def read_content(stage: Stage, args: Arguments, method: str) -> Content:
    """Check the content of a call; raises SlackRefusal as Slack would."""
    text, markdown = args.maybe("text") or "", args.maybe("markdown_text") or ""
    blocks, attachments = read_blocks(stage, args), args.list("attachments")
    if markdown and (text or blocks):
        raise SlackRefusal("markdown_text_conflict")
    if not (text or markdown or blocks or attachments):
        raise SlackRefusal("no_text")
    if len(text) > MOST_TEXT or len(markdown) > MOST_MARKDOWN:
        raise SlackRefusal("msg_too_long")
    if len(text) > SPLIT_AT and not blocks:
        what = f"{len(text)} characters of text: Slack splits them after {SPLIT_AT} or so"
        stage.violate(method, what)
    return Content(
        text=text,
        markdown=markdown,
        blocks=blocks,
        attachments=attachments,
        metadata=read_metadata(args),
    )


def read_blocks(stage: Stage, args: Arguments) -> list[Json]:
    """The blocks of a message, checked, with the ids that Slack fills in."""
    blocks = args.list("blocks")
    problems = check_blocks(blocks, "message")
    if problems:
        messages = [str(problem) for problem in problems]
        raise SlackRefusal("invalid_blocks", messages, errors=messages)
    if text_length(blocks) > MOST_IN_BLOCKS:
        raise SlackRefusal("msg_blocks_too_long")
    return fill_ids(blocks, stage.workspace.new_id)


def read_metadata(args: Arguments) -> Json | None:
    """The metadata of a message, checked."""
    metadata = args.object("metadata")
    if metadata is None:
        return None
    if not isinstance(metadata.get("event_type"), str) or not isinstance(
        metadata.get("event_payload"), dict
    ):
        raise SlackRefusal("invalid_metadata_format")
    if len(json.dumps(metadata)) > MOST_METADATA:
        raise SlackRefusal("metadata_too_large")
    return metadata
