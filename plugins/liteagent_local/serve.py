"""The child process: llama.cpp's server on a free port of this machine, until its parent is gone.

Reads one line of JSON from its input (`model`, `api_key`, `context`), writes one line of JSON to
its output (`url`, or `error`), and then waits for the end of its input. The parent holds the other
end of that pipe, and the system closes it when the parent ends, however it ends.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any


def serve(order: dict[str, Any]) -> Any:
    """Start the server; raises RuntimeError where llama.cpp cannot load the file."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = order["model"]
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [order["api_key"]]
    params.n_ctx = order["context"]
    params.n_parallel = 4
    params.kv_unified = True  # the slots share the context instead of each having a quarter
    params.cache_ram_mib = 1024
    # Threads beyond the real cores only wait for each other, and waiting is spinning unless told.
    params.cpuparams.n_threads = max(1, (os.cpu_count() or 1) // 2)
    params.cpuparams.poll = 0
    params.ui = False
    return xllamacpp.Server(params)


def main() -> None:
    """Serve until the input ends."""
    order = json.loads(sys.stdin.readline())
    # llama.cpp may print; only the answer to the parent belongs on the output.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    try:
        server = serve(order)
    except (RuntimeError, ImportError) as error:
        print(json.dumps({"error": str(error)}), file=answers, flush=True)
        return
    print(json.dumps({"url": server.listening_address}), file=answers, flush=True)
    sys.stdin.read()
    # A request may be running in one of the server's threads: nothing is worth waiting for.
    os._exit(0)


if __name__ == "__main__":
    main()
