"""A stand-in for Ollama: chat, list and version over a script.

It tests an adapter against what Ollama's client library takes the protocol to be; it is no Ollama.
"""

from __future__ import annotations

from collections.abc import Mapping

from liteagent.testing.http_stand_in import HttpStandIn, Received, Reply, json_reply
from liteagent.testing.script import Reply as ScriptReply
from liteagent.testing.script import Script
from liteagent.testing.wires.failures import OLLAMA, retry_headers
from liteagent.testing.wires.ollama import read_ollama, write_ollama


class OllamaServer(HttpStandIn):
    """Answers `/api/chat`, `/api/tags` and `/api/version`; `raw` replies take the place of the
    script's, one by one.
    """

    def __init__(self, answers: Mapping[str, ScriptReply] | None = None) -> None:
        super().__init__()
        self.script = Script(answers)
        self.raw: list[Reply] = []
        self.names = ["llama3.2:latest"]
        """What `/api/tags` lists."""

    async def reply(self, request: Received) -> Reply:
        """The scripted reply to a request."""
        match request.path:
            case "/api/version":
                return json_reply({"version": "0.0.0"})
            case "/api/tags":
                return json_reply({"models": [{"model": name} for name in self.names]})
            case "/api/chat":
                return self.raw.pop(0) if self.raw else self._chat(request)
            case other:
                return json_reply({"error": f"no route {other}"}, status=404)

    def _chat(self, request: Received) -> Reply:
        body = request.json()
        assert body.get("stream") is True, "the stand-in streams only"
        answer = self.script.answer(read_ollama(body))
        if answer.fault is not None and not answer.pieces:
            status, _, message = OLLAMA[answer.fault]
            text = message.format(key=request.headers.get("authorization", ""))
            return json_reply({"error": text}, status=status, headers=retry_headers(answer))
        return Reply(body=write_ollama(answer, body["model"]), content_type="application/x-ndjson")
