"""GGUF files through llama.cpp in child processes."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from liteagent.messages import ModelRequest
from liteagent.models import Fault, ModelError
from liteagent.testing.provider_suite import user, whole
from liteagent_local import LocalProvider

DEADLINE = 120


@pytest.fixture
async def provider() -> AsyncIterator[LocalProvider]:
    made = LocalProvider()
    yield made
    await made.close()


def asking(model: str | Path) -> ModelRequest:
    return ModelRequest(
        model=str(model),
        messages=(user("Say hello."),),
        settings={"max_tokens": 8, "temperature": 0},
    )


async def asked_until_answered(provider: LocalProvider, request: ModelRequest) -> str:
    """Ask as a caller does who goes on after faults that can pass."""
    while True:
        try:
            return (await whole(provider, request)).text
        except ModelError as error:
            if error.fault is not Fault.TRANSIENT:
                raise


def gone(pid: int) -> bool:
    """Whether the process ends within the deadline."""
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait(timeout=DEADLINE)
    return not psutil.pid_exists(pid)


async def test_a_file_is_served_by_one_child_until_the_provider_closes(smollm_file: Path):
    provider = LocalProvider()
    assert provider.pids() == []
    answers = await asyncio.gather(*(whole(provider, asking(smollm_file)) for _ in range(3)))
    assert all(answer.text for answer in answers)
    (pid,) = provider.pids()
    listening = {
        one.laddr.ip for one in psutil.Process(pid).net_connections() if one.status == "LISTEN"
    }
    assert listening == {"127.0.0.1"}
    await provider.close()
    assert gone(pid)


async def test_a_file_in_the_models_folder_goes_by_its_name(
    provider: LocalProvider, smollm_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "smol.gguf").symlink_to(smollm_file)
    monkeypatch.setenv("LITEAGENT_LOCAL_MODELS", str(tmp_path))
    assert await provider.models() == ["smol"]
    for name in ("smol", "smol.gguf", smollm_file):
        assert (await whole(provider, asking(name))).text
    assert len(provider.pids()) == 1


async def test_a_server_that_died_is_started_again(provider: LocalProvider, smollm_file: Path):
    await whole(provider, asking(smollm_file))
    (pid,) = provider.pids()
    os.kill(pid, signal.SIGKILL)
    async with asyncio.timeout(DEADLINE):
        assert await asked_until_answered(provider, asking(smollm_file))
    assert provider.pids() != [pid]


async def test_a_killed_parent_leaves_no_server_behind(smollm_file: Path):
    script = (
        "import asyncio, sys\n"
        "from liteagent_local import LocalProvider\n"
        "from liteagent.messages import ChatMessage, ModelRequest\n"
        "async def main():\n"
        "    provider = LocalProvider()\n"
        "    message = ChatMessage(role='user', content='Say hello.')\n"
        "    request = ModelRequest(model=sys.argv[1], messages=(message,))\n"
        "    async for _ in provider.stream(request):\n"
        "        print(*provider.pids(), flush=True)\n"
        "        await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, str(smollm_file), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    async with asyncio.timeout(DEADLINE):
        pid = int(await parent.stdout.readline())
    assert psutil.pid_exists(pid)
    parent.kill()
    await parent.wait()
    assert await asyncio.to_thread(gone, pid)


async def test_a_name_that_is_no_file_is_answered_with_near_misses(
    provider: LocalProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "smollm2.gguf").touch()
    monkeypatch.setenv("LITEAGENT_LOCAL_MODELS", str(tmp_path))
    with pytest.raises(ModelError, match="did you mean smollm2") as caught:
        await whole(provider, asking("smolm2"))
    assert caught.value.fault is Fault.UNKNOWN_MODEL


async def test_a_file_that_is_no_model_is_answered_with_what_llama_cpp_says(
    provider: LocalProvider, tmp_path: Path
):
    broken = tmp_path / "broken.gguf"
    broken.write_text("not a model")
    with pytest.raises(ModelError, match="invalid magic") as caught:
        await whole(provider, asking(broken))
    assert caught.value.fault is Fault.UNKNOWN_MODEL
    assert provider.pids() == []


async def test_without_llama_cpp_the_extra_is_named(
    provider: LocalProvider, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    assert "liteagent-runtime[local]" in (provider.missing() or "")
