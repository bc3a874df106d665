"""The HTTP server: the Web API, sockets, files and response urls on one port of 127.0.0.1."""

from __future__ import annotations

from typing import cast

from aiohttp import web

from liteagent.testing.slack.methods.arguments import Arguments
from liteagent.testing.slack.methods.chat import change, new_message
from liteagent.testing.slack.methods.content import read_content
from liteagent.testing.slack.parts import Parts
from liteagent.testing.slack.records import Json, Message
from liteagent.testing.slack.refusal import SlackRefusal
from liteagent.testing.slack.stage import Stage
from liteagent.testing.slack.tickets import ResponseUrl

LOGIN = "<!DOCTYPE html><html><head><title>Slack | Login</title></head><body></body></html>"


class Server:
    """Serves the parts while it is started."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self._parts.api.handle)
        app.router.add_get("/link", self._parts.sockets.accept)
        app.router.add_post("/upload/v1/{file}", self._upload)
        app.router.add_get("/files-pri/{file}/download/{name}", self._download)
        app.router.add_post("/response/{id}", self._respond)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._parts.address.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        await self._parts.sockets.close()
        await self._parts.http.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _upload(self, request: web.Request) -> web.Response:
        id = request.match_info["file"]
        content = await _content(request)

        def run() -> web.Response:
            known = (stage.workspace.files.get(id) for stage in self._parts.api.stages)
            file = next(filter(None, known), None)
            if file is None:
                return web.Response(status=404, text="unknown upload")
            if len(content) != file.size:
                announced = f"{len(content)} bytes, {file.size} announced"
                return web.Response(status=400, text=announced)
            file.content = content
            return web.Response(text=f"OK - {len(content)}")

        call = self._parts.api.record("upload", {"file": id, "length": len(content)}, None)
        return await self._parts.api.serve(request, call, run)

    async def _download(self, request: web.Request) -> web.Response:
        """To who has not the app's token Slack shows its login page, as a success."""
        id = request.match_info["file"].rpartition("-")[2]
        bearer = request.headers.get("Authorization", "").partition(" ")[2]
        stage = self._parts.api.stage_of_token(bearer)
        file, secrets = stage.workspace.files.get(id), stage.secrets
        allowed = bearer == secrets.bot_token and bearer not in secrets.revoked
        if not allowed or "files:read" not in stage.scopes:
            return web.Response(text=LOGIN, content_type="text/html")
        if file is None or file.content is None:
            return web.Response(status=404)
        return web.Response(body=file.content, content_type=file.mimetype)

    async def _respond(self, request: web.Request) -> web.Response:
        args = cast("Json", await request.json())

        def run() -> web.Response:
            try:
                stage, url = self._address(request.match_info["id"])
                respond(stage, url, Arguments(args))
            except SlackRefusal as refusal:
                status = 404 if refusal.error.endswith("_url") else 400
                return web.json_response(refusal.answer(), status=status)
            return web.Response(text="ok")

        call = self._parts.api.record("response_url", args, None)
        return await self._parts.api.serve(request, call, run)

    def _address(self, id: str) -> tuple[Stage, ResponseUrl]:
        """The response url, and the team to which it belongs."""
        stages = self._parts.api.stages
        stage = next((each for each in stages if id in each.response_urls), stages[0])
        return stage, stage.response_urls.spend(id)


def respond(stage: Stage, url: ResponseUrl, args: Arguments) -> Message | None:
    """What is posted to a response url, or answered to a command; the message it became."""
    workspace = stage.workspace
    origin = url.message
    if origin is not None and args.flag("delete_original"):
        workspace.remove(origin)
        return None
    content = read_content(stage, args, "response_url")
    if origin is not None and args.flag("replace_original"):
        before = stage.json(origin)
        change(origin, content, keep_blocks=False)
        stage.announcer.edited(before, origin)
        return origin
    channel = workspace.channels[url.channel]
    message = new_message(stage, channel, args.maybe("thread_ts"), content)
    if args.maybe("response_type") != "in_channel":
        message.only_for = url.user
    workspace.post(message)
    stage.announcer.posted(message)
    return message


async def _content(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    for value in (await request.post()).values():
        if isinstance(value, web.FileField):
            return value.file.read()
    return b""
