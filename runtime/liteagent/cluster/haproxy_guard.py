"""Runs in place of HAProxy, and becomes it: `haproxy_guard.py BINARY HOST arguments…`.

Serve writes HAProxy's configuration with two pages that listen on every interface, and leaves
HAProxy running when its own process is killed. So the pages are bound to this machine, the front
to the host that was asked for, and the kernel is asked to end HAProxy with its parent. Standard
library only, and little of it: this runs at every reload.
"""

import ctypes
import os
import re
import signal
import sys

_SECTION = re.compile(r"^(frontend|listen|backend|defaults|global)\b\s*(\S*)")
_BIND = re.compile(r"^(\s*bind )\S*(:\d+)(.*)$")
_PR_SET_PDEATHSIG = 1


def rebound(configuration: str, host: str) -> str:
    """The configuration with the front bound to `host`, and what only the operator reads to this
    machine.
    """
    hosts = {"http_frontend": host, "prometheus": "127.0.0.1", "stats": "127.0.0.1"}
    section = ""
    lines: list[str] = []
    for line in configuration.split("\n"):
        begins = _SECTION.match(line)
        section = begins[2] if begins else section
        bind = _BIND.match(line)
        if bind and section in hosts:
            line = f"{bind[1]}{hosts[section]}{bind[2]}{bind[3]}"
        lines.append(line)
    return "\n".join(lines)


def main(binary: str, host: str, arguments: list[str]) -> None:
    """Rewrite the file after `-f`, then become HAProxy."""
    path = arguments[arguments.index("-f") + 1]
    with open(path, encoding="utf-8") as file:
        configuration = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(rebound(configuration, host))
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    os.execv(binary, [binary, *arguments])  # noqa: S606 no shell is wanted


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
