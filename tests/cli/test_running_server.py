"""Which server runs is a file that is believed only while its process is there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from liteagent.cli.server.running import FILE, find_running, forget, remember, this_process
from tests.cli.command_line import CommandLine


def test_this_process_is_found_until_it_is_forgotten(tmp_path: Path) -> None:
    server = this_process("http://127.0.0.1:8000", "127.0.0.1:6379")
    remember(tmp_path, server)
    assert find_running(tmp_path) == server
    forget(tmp_path, server)
    assert find_running(tmp_path) is None
    assert not (tmp_path / FILE).exists()


def test_a_process_that_is_gone_is_no_server(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        capture_output=True,
        text=True,
        check=True,
    )
    write(tmp_path, pid=int(done.stdout), started=1.0)
    assert find_running(tmp_path) is None


def test_a_process_that_got_the_pid_later_is_no_server(tmp_path: Path) -> None:
    mine = this_process("http://127.0.0.1:8000", "127.0.0.1:6379")
    write(tmp_path, pid=mine.pid, started=mine.started - 1)
    assert find_running(tmp_path) is None


def test_half_a_file_is_no_server(tmp_path: Path) -> None:
    for text in ("", '{"pid": 1', "[]", "{}"):
        (tmp_path / FILE).write_text(text)
        assert find_running(tmp_path) is None


def test_without_a_server_there_is_nothing_to_stop_and_status_says_so(cli: CommandLine) -> None:
    assert cli("down").out == "No server runs over this data directory.\n"
    assert cli("down").code == 0
    said = cli("status")
    assert said.code == 1
    assert "`liteagent up` starts one" in said.out
    assert cli("status", "--json").json == {"running": False}


def test_a_second_server_over_one_data_directory_is_refused(cli: CommandLine) -> None:
    cli.home.mkdir()
    remember(cli.home, this_process("http://127.0.0.1:8000", "127.0.0.1:6379"))
    said = cli("up")
    assert said.code == 1
    assert "at http://127.0.0.1:8000" in said.err
    assert "liteagent down" in said.err


def test_a_server_that_does_not_answer_is_not_well(cli: CommandLine) -> None:
    cli.home.mkdir()
    remember(cli.home, this_process("http://127.0.0.1:9", "127.0.0.1:6379"))
    said = cli("status")
    assert said.code == 1
    assert "Not well at http://127.0.0.1:9" in said.out
    assert cli("doctor").code == 1


def write(home: Path, *, pid: int, started: float) -> None:
    found = {"pid": pid, "started": started, "url": "http://127.0.0.1:8000", "ray": None}
    (home / FILE).write_text(json.dumps(found))
