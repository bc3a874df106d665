"""The Web API over HTTP: bodies, tokens, scopes, faults."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable
from typing import cast

from aiohttp import web

from liteagent.testing.slack.call_faults import CallFault
from liteagent.testing.slack.changes import Changes
from liteagent.testing.slack.faults import Faults
from liteagent.testing.slack.methods import METHODS
from liteagent.testing.slack.methods.arguments import Arguments
from liteagent.testing.slack.methods.method import Method
from liteagent.testing.slack.records import Call, Json
from liteagent.testing.slack.refusal import SlackRefusal
from liteagent.testing.slack.stage import Stage


class WebApi:
    """Answers `POST` and `GET /api/<method>`."""

    def __init__(self, stage: Stage, faults: Faults, changes: Changes) -> None:
        self.calls: list[Call] = []
        self.stages = [stage]
        """Of each team one."""
        self._faults = faults
        self._changes = changes

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call."""
        method = request.match_info["method"]
        try:
            args = await _read(request)
        except SlackRefusal as refusal:
            self.record(method, {}, None).answer = refusal.answer()
            return web.json_response(refusal.answer())
        call = self.record(method, args, _token(request, args))
        call.verb = request.method

        def run() -> web.Response:
            call.answer = self._answer(call)
            return web.json_response(call.answer, headers=self._headers(call))

        return await self.serve(request, call, run)

    def record(self, method: str, args: Json, token: str | None) -> Call:
        """A call that has come; posts to response urls and uploads are recorded as calls too."""
        now = self.stages[0].workspace.clock.now()
        call = Call(method=method, args=args, token=token, time=now)
        self.calls.append(call)
        return call

    def stage_of_token(self, token: str | None) -> Stage:
        """The team whose bot has this token; the first for every other."""
        mine = (stage for stage in self.stages if stage.secrets.bot_token == token)
        return next(mine, self.stages[0])

    async def serve(
        self, request: web.Request, call: Call, run: Callable[[], web.Response]
    ) -> web.Response:
        """Answer with what `run` returns, or with what the fault makes of it."""
        fault = self._faults.take(call.method, call.args, call.time)
        if fault is not None:
            call.fault = fault.kind
        response = _before(fault, request)
        if response is None:
            response = run()
            await self._faults.applied(call.method)
        self._changes.touch()
        if fault is not None and fault.hold is not None:
            await fault.hold.wait()
        if fault is not None and fault.kind == "reset_after":
            return _break_off(request)
        return response

    def _stage_of(self, call: Call) -> Stage:
        """Whose token it has, or whose code."""
        code = call.args.get("code")
        mine = (stage for stage in self.stages if code in stage.secrets.codes)
        return next(mine, None) or self.stage_of_token(call.token)

    def _answer(self, call: Call) -> Json:
        try:
            method = METHODS.get(call.method)
            if method is None:
                raise SlackRefusal("unknown_method", req_method=call.method)
            self._admit(method, call)
            return {"ok": True, **method.run(self._stage_of(call), Arguments(call.args))}
        except SlackRefusal as refusal:
            return refusal.answer()

    def _admit(self, method: Method, call: Call) -> None:
        if method.token == "none":
            return
        stage = self._stage_of(call)
        secrets = stage.secrets
        known = {secrets.bot_token: "bot", secrets.app_token: "app"}
        if call.token is None:
            raise SlackRefusal("not_authed")
        if call.token in secrets.revoked:
            raise SlackRefusal("token_revoked")
        if call.token not in known:
            raise SlackRefusal("invalid_auth")
        if known[call.token] != method.token:
            raise SlackRefusal("not_allowed_token_type")
        if method.scopes and not stage.scopes.intersection(method.scopes):
            provided = ",".join(sorted(stage.scopes))
            raise SlackRefusal("missing_scope", needed=method.scopes[0], provided=provided)

    def _headers(self, call: Call) -> dict[str, str]:
        method = METHODS.get(call.method)
        return {
            "x-slack-req-id": f"{len(self.calls):032x}",
            "x-oauth-scopes": ",".join(sorted(self._stage_of(call).scopes)),
            "x-accepted-oauth-scopes": "" if method is None else ",".join(method.scopes),
        }


def _before(fault: CallFault | None, request: web.Request) -> web.Response | None:
    """The answer of a fault that keeps the call from being applied."""
    if fault is None:
        return None
    if fault.kind == "rate_limit":
        after = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=after)
    if fault.kind == "server_error":
        page = "<html><body>Server error</body></html>"
        return web.Response(status=fault.status, text=page, content_type="text/html")
    if fault.kind == "refuse":
        return web.json_response(SlackRefusal(fault.error, **fault.more).answer())
    if fault.kind == "say_little":
        return web.json_response({"ok": True})
    return _break_off(request) if fault.kind == "reset_before" else None


def _break_off(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _read(request: web.Request) -> Json:
    args: Json = dict(request.query)
    if request.method != "POST":
        return args
    if request.content_type == "application/json":
        return args | _json(await request.text())
    return args | dict(await request.post())


def _json(text: str) -> Json:
    try:
        body = json.loads(text or "{}")
    except ValueError:
        raise SlackRefusal("invalid_json") from None
    if not isinstance(body, dict):
        raise SlackRefusal("json_not_object")
    return cast("Json", body)


def _token(request: web.Request, args: Json) -> str | None:
    """The bearer's, or the one in the body, taken out of it; of Basic the app's credentials."""
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    token = args.pop("token", None)
    if scheme.lower() == "basic":
        args["client_id"], _, args["client_secret"] = b64decode(credentials).decode().partition(":")
        return None
    return credentials.strip() if scheme.lower() == "bearer" else token
