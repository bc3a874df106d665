"""Every line goes to one place, in one form, with its context and without its secrets."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import warnings
from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
import structlog

from liteagent.observability import LogHandler, configure_logging, log_context
from liteagent.security import redact

Configure = Callable[..., io.StringIO]


@pytest.fixture
def configure() -> Iterator[Configure]:
    root = logging.getLogger()
    level = root.level
    handlers: list[LogHandler] = []

    def start(log_format: Literal["json", "console"] = "json", at: str = "info") -> io.StringIO:
        stream = io.StringIO()
        handler = configure_logging(redact=redact, level=at, log_format=log_format, stream=stream)
        handlers.append(handler)
        return stream

    yield start
    for handler in handlers:
        root.removeHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_of_the_standard_library_is_json_with_its_context(configure: Configure) -> None:
    stream = configure()
    with log_context(session="s1"), log_context(turn="t1"):
        logging.getLogger("app.part").info("%d items", 3, extra={"took": 0.5})
    logging.getLogger("app").error("after")

    first, second = lines(stream)
    assert first["event"] == "3 items"
    assert (first["level"], first["logger"]) == ("info", "app.part")
    assert (first["session"], first["turn"], first["took"]) == ("s1", "t1", 0.5)
    assert first["timestamp"].endswith("Z")
    assert "session" not in second


def test_a_line_of_structlog_comes_out_the_same_way(configure: Configure) -> None:
    stream = configure()
    with log_context(request_id="r1"):
        structlog.get_logger("app").warning("odd", count=2)
    (line,) = lines(stream)
    assert (line["event"], line["level"], line["count"]) == ("odd", "warning", 2)
    assert line["request_id"] == "r1"


async def test_the_context_belongs_to_the_task_and_to_those_it_starts(configure: Configure) -> None:
    stream = configure()

    async def work(name: str) -> None:
        with log_context(session=name):
            await asyncio.create_task(say())

    async def say() -> None:
        await asyncio.sleep(0)
        logging.getLogger("app").info("here")

    await asyncio.gather(work("a"), work("b"))

    assert sorted(line["session"] for line in lines(stream)) == ["a", "b"]


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_no_secret_gets_into_the_log_by_any_way(
    configure: Configure, log_format: Literal["json", "console"]
) -> None:
    stream = configure(log_format)
    secret = "sk-" + "s3cr3t" * 4
    log = logging.getLogger("app")
    log.info("key %s", secret)
    log.info("headers", extra={"headers": {"Authorization": "s3cr3t"}})
    structlog.get_logger("app").info("call", api_key="s3cr3t")
    try:
        raise RuntimeError(f"refused {secret}")
    except RuntimeError:
        log.exception("failed")
    with log_context(token="s3cr3t"):
        log.info("with context")

    assert "s3cr3t" not in stream.getvalue()
    assert "RuntimeError: refused ***" in stream.getvalue().replace("\\n", "\n")


def test_a_warning_is_a_line_like_any_other(configure: Configure) -> None:
    stream = configure()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn("going away", DeprecationWarning, stacklevel=1)
        logging.captureWarnings(False)
    (line,) = lines(stream)
    assert line["level"] == "warning"
    assert "going away" in line["event"]


def test_configuring_again_replaces_what_was_there(configure: Configure) -> None:
    first, second = configure(), configure()
    logging.getLogger("app").info("once")
    assert first.getvalue() == ""
    assert len(lines(second)) == 1


def test_lines_below_the_level_are_left_out(configure: Configure) -> None:
    stream = configure(at="warning")
    logging.getLogger("app").info("no")
    logging.getLogger("app").warning("yes")
    assert [line["event"] for line in lines(stream)] == ["yes"]


def test_a_client_librarys_report_of_every_request_shows_at_debug_only(
    configure: Configure,
) -> None:
    stream = configure()
    logging.getLogger("httpx").info("HTTP Request")
    assert stream.getvalue() == ""

    stream = configure(at="debug")
    logging.getLogger("httpx").info("HTTP Request")
    assert len(lines(stream)) == 1


def test_a_console_line_is_for_people(configure: Configure) -> None:
    stream = configure("console")
    logging.getLogger("app").info("hello", extra={"n": 3})
    assert "hello" in stream.getvalue()
    assert "n=3" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()
