from __future__ import annotations

import os
import signal
import subprocess
import sys

from liteagent.kernel import ProcessOwnership

SAY_WHO = """
from liteagent.kernel import ProcessOwnership
print(ProcessOwnership().name, flush=True)
input()
"""


def test_a_process_is_gone_when_it_has_died_even_if_nobody_waited_for_it() -> None:
    us = ProcessOwnership()
    with subprocess.Popen(
        [sys.executable, "-c", SAY_WHO], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        name = child.stdout.readline().strip()
        assert not us.is_gone(name)
        child.send_signal(signal.SIGKILL)
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert us.is_gone(name)
        child.wait()
        assert us.is_gone(name)


def test_what_is_no_process_of_this_machine_counts_as_alive() -> None:
    us = ProcessOwnership()
    assert not us.is_gone(us.name)
    assert not us.is_gone("elsewhere/1/2")
    assert not us.is_gone("ray/cluster/shared/0/abc")
