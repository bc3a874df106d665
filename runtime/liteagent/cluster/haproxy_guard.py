"""Runs in place of HAProxy, and becomes it: `haproxy_guard.py BINARY HOST arguments…`.

Serve writes HAProxy's configuration with two pages that listen on every interface and errors in
plain text, and leaves HAProxy running when its own process is killed. So the pages are bound to
this machine, the front to the host that was asked for, errors are told as the gateway tells them,
and the kernel is asked to end HAProxy with its parent. Standard library only, and little of it:
this runs at every reload.
"""

import ctypes
import os
import re
import signal
import sys

_SECTION = re.compile(r"^(frontend|listen|backend|defaults|global)\b\s*(\S*)")
_BIND = re.compile(r"^(\s*bind )\S*(:\d+)(.*)$")
_NO_BACKEND = re.compile(r"^(\s*http-request return )status 404 content-type text/plain .*$")
_ERROR_FILE = re.compile(r"^\s*errorfile \d+ (\S+)$", re.MULTILINE)
_PR_SET_PDEATHSIG = 1

AWAY = (
    '{"error": {"message": "The gateway is starting, stopping, or was just lost: try again soon.",'
    ' "type": "server_error", "param": null, "code": "gateway_away"}}'
)
"""The body of an answer where no replica gives one; its status is 503."""
_RETURN_AWAY = f"status 503 content-type application/json hdr Retry-After 1 string '{AWAY}'"
_ANSWER = f"""HTTP/1.1 503 Service Unavailable\r
Content-Type: application/json\r
Content-Length: {len(AWAY)}\r
Retry-After: 1\r
\r
{AWAY}"""


def rebound(configuration: str, host: str) -> str:
    """The configuration with the front bound to `host`, what only the operator reads to this
    machine, and with 503 where Serve would tell that no path is right.
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
        if section == "default_backend":
            line = _NO_BACKEND.sub(rf"\1{_RETURN_AWAY}", line)
        lines.append(line)
    return "\n".join(lines)


def main(binary: str, host: str, arguments: list[str]) -> None:
    """Rewrite the file after `-f` and the answers that it names, then become HAProxy."""
    path = arguments[arguments.index("-f") + 1]
    with open(path, encoding="utf-8") as file:
        configuration = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(rebound(configuration, host))
    for answer in set(_ERROR_FILE.findall(configuration)):
        with open(answer, "w", encoding="utf-8", newline="") as file:
            file.write(_ANSWER)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    os.execv(binary, [binary, *arguments])  # noqa: S606 no shell is wanted


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
