"""Tools that run in processes of their own, which find them here by name."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import date

import liteagent


@dataclass
class Report:
    pid: int
    day: date
    told: dict[str, str]


@liteagent.tool(isolation="process", secrets=["ISOLATED_TOKEN"])
def report(day: date, ctx: liteagent.ToolContext) -> Report:
    """Say what the call looks like from inside."""
    sys.stdout.write("this is not an answer\n")
    ctx.progress("halfway")
    told = {
        "session": ctx.session_id,
        "turn": ctx.turn_id,
        "call": ctx.call_id,
        "key": ctx.idempotency_key,
        "principal": ctx.principal.id,
        "token": ctx.secrets["ISOLATED_TOKEN"],
        "stdin": sys.stdin.read(),
    }
    return Report(pid=os.getpid(), day=day, told=told)


@liteagent.tool(isolation="process")
async def add(a: int, b: int) -> int:
    """Add, asynchronously."""
    return a + b


@liteagent.tool(timeout=30)
def hang(pipe: str, ctx: liteagent.ToolContext) -> None:
    """Hold `pipe` open for writing, in a child process too, and never return."""
    descriptor = os.open(pipe, os.O_WRONLY)
    os.write(descriptor, b"x")
    subprocess.Popen(["sleep", "600"], pass_fds=[descriptor])
    ctx.progress("hanging")
    threading.Event().wait()


@liteagent.tool(isolation="process")
def crash() -> None:
    """Die as a segmentation fault does."""
    os.kill(os.getpid(), signal.SIGSEGV)


@liteagent.tool(isolation="process", secrets=["ISOLATED_TOKEN"])
def fail(how: str, ctx: liteagent.ToolContext) -> None:
    """Raise, or exit."""
    if how == "exit":
        sys.exit(7)
    raise ValueError(f"the token {ctx.secrets['ISOLATED_TOKEN']} was refused")


@liteagent.tool(isolation="process")
def leave_a_thread() -> str:
    """Return while a thread of it goes on."""
    threading.Thread(target=threading.Event().wait).start()
    return "done"
