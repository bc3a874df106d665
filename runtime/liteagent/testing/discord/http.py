"""The REST API on aiohttp: calls come in, faults and limits have their say, answers go out."""

from __future__ import annotations

import json
import mimetypes
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import BodyPartReader, web

from liteagent.testing.discord.errors import (
    INVALID_JSON,
    NOT_FOUND,
    UNAUTHORIZED,
    ApiError,
)
from liteagent.testing.discord.faults import CallFaults, Fault, Kind
from liteagent.testing.discord.limits import VIA, Limits, RateLimitedError
from liteagent.testing.discord.messages import Upload
from liteagent.testing.discord.rest import ROUTES, Call, Route
from liteagent.testing.discord.world import World

BASE = "/api/v10"
LARGEST_BODY = 110 * 1024 * 1024

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Rest:
    """Answers the API's calls and notes each one in `calls`; `unknown` are those to routes that
    the stand-in does not have.
    """

    def __init__(
        self,
        world: World,
        limits: Limits,
        faults: CallFaults,
        is_token: Callable[[str], bool],
        changed: Callable[[], None],
    ) -> None:
        self.calls: list[Call] = []
        self.unknown: list[Call] = []
        self._world = world
        self._limits = limits
        self._faults = faults
        self._is_token = is_token
        self._changed = changed

    def add_to(self, app: web.Application) -> None:
        for route in ROUTES:
            app.router.add_route(route.method, BASE + route.path, self._answer(route))
        app.router.add_get("/attachments/{channel_id}/{file_id}/{filename}", self._file)
        app.router.add_route("*", BASE + "/{rest:.*}", self._stray)

    def _answer(self, route: Route) -> Answer:
        async def answer(request: web.Request) -> web.StreamResponse:
            call = await self._note(request, route.path)
            try:
                return await self._serve(request, route, call)
            except ApiError as error:
                return self._refused(call, error)
            finally:
                self._changed()

        return answer

    async def _note(self, request: web.Request, route: str) -> Call:
        raw, files = await _body(request)
        call = Call(
            method=request.method,
            route=route,
            path=request.path.removeprefix(BASE),
            params=dict(request.match_info),
            query=dict(request.query),
            body=None,
            files=files,
            at=self._world.clock.now(),
        )
        try:
            call.body = json.loads(raw or b"null")
        except ValueError:
            call.malformed = True
        self.calls.append(call)
        self._changed()
        return call

    async def _serve(self, request: web.Request, route: Route, call: Call) -> web.StreamResponse:
        fault = self._faults.take(call)
        if fault is not None and not fault.applied:
            struck = await self._strike(request, call, fault)
            if struck is not None:
                return struck
        response = self._apply(request, route, call)
        if fault is not None and fault.applied:
            return await self._strike(request, call, fault) or response
        return response

    def _apply(self, request: web.Request, route: Route, call: Call) -> web.Response:
        headers = self._limits.count(call)
        if not route.open and not self._is_token(request.headers.get("Authorization", "")):
            raise ApiError(UNAUTHORIZED)
        if call.malformed:
            raise ApiError(INVALID_JSON)
        try:
            answered = route.handler(self._world, call)
        except ApiError as error:
            error.headers = {**headers, "Via": VIA}
            raise
        call.applied = True
        return _reply(call, 204 if answered is None else route.status, answered, headers)

    async def _strike(
        self, request: web.Request, call: Call, fault: Fault
    ) -> web.StreamResponse | None:
        """What the caller gets instead, or None if the call just goes on."""
        if fault.kind is Kind.HELD:
            fault.held.append(call)
            self._changed()
            await fault.released.wait()
            return None
        if fault.kind is Kind.RESET:
            reset(request)
            call.status = None
            return web.Response()
        if fault.kind is Kind.SERVER_ERROR:
            return _reply(call, fault.status, {"message": "Internal Server Error", "code": 0}, {})
        raise RateLimitedError(fault.retry_after, scope=fault.scope, headers={}, via=fault.via)

    def _refused(self, call: Call, error: ApiError) -> web.Response:
        return _reply(call, error.refusal.status, error.body, error.headers)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """An attachment's bytes, to anybody who has its URL."""
        stored = self._world.files.get(int(request.match_info["file_id"]))
        if stored is None:
            return web.Response(status=404)
        return web.Response(body=stored.content, content_type=stored.content_type)

    async def _stray(self, request: web.Request) -> web.StreamResponse:
        call = await self._note(request, request.path.removeprefix(BASE))
        self.unknown.append(call)
        return self._refused(call, ApiError(NOT_FOUND))


def reset(request: web.Request) -> None:
    """Break the connection off, so that the peer reads a reset rather than an end."""
    transport = request.transport
    if transport is None:
        return
    connection: socket.socket | None = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _reply(call: Call, status: int, body: Any, headers: Mapping[str, str]) -> web.Response:
    call.status = status
    if status == 204:
        return web.Response(status=204, headers=headers)
    # Exactly this type: with a charset behind it discord.py takes the JSON for text.
    content = json.dumps(body).encode()
    kind = {"Content-Type": "application/json"}
    return web.Response(body=content, status=status, headers={**headers, **kind})


async def _body(request: web.Request) -> tuple[bytes, list[Upload]]:
    """The JSON, as it was written, and the files in the order of their numbers."""
    if request.content_type != "multipart/form-data":
        return await request.read(), []
    payload = b""
    files: dict[int, Upload] = {}
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader), "Discord takes no multipart within multipart"
        content = bytes(await part.read())
        if part.name == "payload_json":
            payload = content
        else:
            number = (part.name or "").removeprefix("files[").removesuffix("]")
            files[int(number)] = _upload(part.filename or "file", content)
    return payload, [files[number] for number in sorted(files)]


def _upload(filename: str, content: bytes) -> Upload:
    kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    return Upload(filename=filename, content=content, content_type=kind)
