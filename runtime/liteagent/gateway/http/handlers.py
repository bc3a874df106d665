"""Errors that handlers raise, and those of the framework, in the one form there is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from liteagent.errors import LiteAgentException
from liteagent.gateway.http.body import dotted
from liteagent.gateway.http.errors import MethodNotAllowedError, RouteNotFoundError
from liteagent.gateway.http.problem import Problem, problem_of


def add_error_handlers(app: FastAPI, paths: Sequence[str]) -> None:
    """Make every error of `app` JSON of one shape. `paths` are the patterns that it answers to."""

    async def raised(_: Request, error: Exception) -> Response:
        return problem_of(cast(LiteAgentException, error)).response()

    async def misfit(_: Request, error: Exception) -> Response:
        first = cast(RequestValidationError, error).errors()[0]
        place = dotted(first["loc"][1:])
        message = f"{place}: {first['msg']}."
        return Problem(status=400, code="invalid_request", message=message, param=place).response()

    async def framework(request: Request, error: Exception) -> Response:
        return _of_framework(paths, request, cast(HTTPException, error))

    app.add_exception_handler(LiteAgentException, raised)
    app.add_exception_handler(RequestValidationError, misfit)
    app.add_exception_handler(HTTPException, framework)


def _of_framework(paths: Sequence[str], request: Request, error: HTTPException) -> Response:
    method, path = request.method, request.url.path
    if error.status_code == 404:
        return problem_of(RouteNotFoundError(method, path, paths)).response()
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        response = problem_of(MethodNotAllowedError(method, path, allowed)).response()
        response.headers["Allow"] = allowed
        return response
    detail = str(error.detail)
    return Problem(status=error.status_code, code="invalid_request", message=detail).response()
