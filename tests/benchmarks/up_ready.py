"""How long until everything is up: ours beside bare Ray with an empty Serve application.

    python -m tests.benchmarks.up_ready [ROUNDS]

Each round starts both, each in a process of its own and from a cold interpreter, one after the
other; what is compared is the time from the process's start to the first HTTP answer. Prints a line
for each round and the ratio of the medians.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time

from liteagent.cluster.environment import free_ports

GOAL = 1.3
ROUNDS = 5


def bare(port: int) -> None:
    """Ray and an empty application, as Serve's own first example has it."""
    import ray
    from ray import serve

    class Empty:
        def __call__(self) -> str:
            return "here"

    ray.init(include_dashboard=False, logging_level="ERROR", log_to_driver=False)
    serve.start(http_options={"host": "127.0.0.1", "port": port}, proxy_location="HeadOnly")
    serve.run(serve.deployment(Empty).bind())
    first_answer(port)
    ray.shutdown()


def ours(port: int) -> None:
    """Hosts, supervisor and gateway, as `liteagent up` starts them."""
    asyncio.run(start_ours(port))


async def start_ours(port: int) -> None:
    from liteagent.cluster import ClusterConfig, NodeConfig, Stage, start
    from tests.cluster.gateway import build_gateway

    def tell(stage: Stage) -> None:
        if stage.seconds is not None:
            print(f"{stage.name.value} {stage.seconds:.2f}", file=sys.stderr)

    config = ClusterConfig(node=NodeConfig.read(os.environ), build=build_gateway, port=port)
    async with await start(config, tell):
        first_answer(port)


def first_answer(port: int) -> None:
    import urllib.request

    with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez") as answer:
        assert answer.status == 200
    print("ready", flush=True)


def measure(which: str) -> float:
    """Seconds from the process's start to its first answer."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "LITEAGENT_HOME": home, "PYTHONPATH": os.getcwd()}
        environment |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_SERVE_LOG_TO_STDERR": "0"}
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.up_ready", which, str(free_ports(1)[0])],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=None if "-v" in sys.argv else subprocess.DEVNULL,
            text=True,
        )
        assert process.stdout is not None
        while process.stdout.readline().strip() != "ready":
            assert process.poll() is None, f"{which} ended before it was ready"
        seconds = time.perf_counter() - began
        process.wait()
    return seconds


def main(rounds: int) -> None:
    found: dict[str, list[float]] = {"bare": [], "ours": []}
    for number in range(rounds):
        # Whoever goes first changes from round to round: the machine gets warmer.
        for which in sorted(found, reverse=bool(number % 2)):
            found[which].append(measure(which))
        print(f"bare {found['bare'][-1]:6.2f} s   ours {found['ours'][-1]:6.2f} s", flush=True)
    medians = {which: statistics.median(seconds) for which, seconds in found.items()}
    ratio = medians["ours"] / medians["bare"]
    print(f"medians: bare {medians['bare']:.2f} s, ours {medians['ours']:.2f} s")
    print(f"ratio {ratio:.2f} (goal: at most {GOAL})")


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:] if argument != "-v"]
    if arguments and arguments[0] in ("bare", "ours"):
        {"bare": bare, "ours": ours}[arguments[0]](int(arguments[1]))
    else:
        main(int(arguments[0]) if arguments else ROUNDS)
