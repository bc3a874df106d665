"""A stand-in for OpenAI and Anthropic: Chat Completions, Responses and Messages over one script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liteagent.testing.answers import Answer
from liteagent.testing.http_stand_in import DropConnection, HttpStandIn, Received, Reply, json_reply
from liteagent.testing.script import Reply as ScriptReply
from liteagent.testing.script import Script
from liteagent.testing.wires import messages as anthropic
from liteagent.testing.wires.chat import read_chat, write_chat
from liteagent.testing.wires.failures import ANTHROPIC, OPENAI, retry_headers
from liteagent.testing.wires.messages import read_messages, write_messages
from liteagent.testing.wires.responses import read_responses, write_responses
from liteagent.testing.wires.sse import STREAM


class OpenAIServer(HttpStandIn):
    """Answers `/v1/chat/completions`, `/v1/responses`, `/v1/messages` and `/v1/models` from a
    script.

    The SDKs talk to `f"{server.url}/v1"` (openai) and `server.url` (anthropic). `raw` replies take
    the place of the script's, one by one, for frames that no well-meaning server sends.
    """

    def __init__(self, answers: Mapping[str, ScriptReply] | None = None) -> None:
        super().__init__()
        self.script = Script(answers)
        self.raw: list[Reply] = []
        self.deaf = 0
        """So many of the next requests get no answer at all: the connection breaks."""
        self.names = ["gpt-4o", "gpt-4o-mini"]
        """What `/v1/models` lists."""

    async def reply(self, request: Received) -> Reply:
        """The scripted reply to a request."""
        if self.deaf:
            self.deaf -= 1
            raise DropConnection
        if request.path.partition("?")[0] == "/v1/models":
            return json_reply({"object": "list", "data": [_model(name) for name in self.names]})
        if self.raw:
            return self.raw.pop(0)
        body = request.json()
        assert body.get("stream") is True, "the stand-in streams only"
        match request.path:
            case "/v1/chat/completions":
                answer = self.script.answer(read_chat(body))
                stream = write_chat(answer, body["model"])
            case "/v1/responses":
                answer = self.script.answer(read_responses(body))
                stream = write_responses(answer, body["model"])
            case "/v1/messages":
                return self._messages(request, body)
            case other:
                return json_reply({"error": {"message": f"no route {other}"}}, status=404)
        if answer.fault is not None and not answer.pieces:
            return _openai_failure(answer, request)
        return Reply(body=stream, content_type=STREAM)

    def _messages(self, request: Received, body: dict[str, Any]) -> Reply:
        if (wrong := anthropic.complaint(body)) is not None:
            return _anthropic_error(400, "invalid_request_error", wrong, {})
        answer = self.script.answer(read_messages(body))
        if answer.fault is not None and not answer.pieces:
            status, code, message = ANTHROPIC[answer.fault]
            text = message.format(key=_key(request))
            return _anthropic_error(status, code, text, retry_headers(answer))
        return Reply(body=write_messages(answer, body["model"]), content_type=STREAM)


def _model(name: str) -> dict[str, Any]:
    return {
        "id": name,
        "object": "model",
        "type": "model",
        "created": 1,
        "created_at": "2026-01-01T00:00:00Z",
        "display_name": name,
        "owned_by": "liteagent",
    }


def _key(request: Received) -> str:
    headers = request.headers
    return headers.get("x-api-key") or headers.get("authorization", "").removeprefix("Bearer ")


def _openai_failure(answer: Answer, request: Received) -> Reply:
    assert answer.fault is not None
    status, code, message = OPENAI[answer.fault]
    text = message.format(key=_key(request))
    error = {"message": text, "type": code, "param": None, "code": code}
    return json_reply({"error": error}, status=status, headers=retry_headers(answer))


def _anthropic_error(status: int, code: str, text: str, headers: Mapping[str, str]) -> Reply:
    error = {"type": code, "message": text}
    return json_reply({"type": "error", "error": error}, status=status, headers=headers)
