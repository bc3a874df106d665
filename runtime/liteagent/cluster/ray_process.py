"""Ray in this process: started on this machine, or joined where it runs."""

from __future__ import annotations

import asyncio
import logging
import shutil
import tempfile
import threading
from collections.abc import AsyncGenerator, Mapping
from concurrent.futures import Future
from contextlib import asynccontextmanager
from pathlib import Path

from liteagent.cluster import actors
from liteagent.cluster.config import ClusterConfig
from liteagent.cluster.environment import OURS, environment, haproxy_settings, has_haproxy
from liteagent.cluster.joining import no_cluster, settings_to_join
from liteagent.errors import ConfigurationError
from liteagent.threads import in_thread, start_thread


@asynccontextmanager
async def ray_running(config: ClusterConfig) -> AsyncGenerator[None]:
    """Ray, while this lasts. One that was started here has ended afterwards, and everything in it.

    Raises `ConfigurationError` when there is no cluster at the address.
    """
    folder = Path(tempfile.mkdtemp(prefix="liteagent-"))
    try:
        with environment(await in_thread(lambda: _settings(config, folder), name="ray-settings")):
            ray = RayThread(config)
            try:
                await ray.up()
                yield
            finally:
                await ray.end()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class RayThread:
    """One thread for all of Ray's life: Ray's processes are killed when the thread that started
    them ends, which is how they end with a driver that was killed.
    """

    def __init__(self, config: ClusterConfig) -> None:
        self._up: Future[None] = Future()
        self._end = threading.Event()
        self._ended = start_thread(lambda: self._live(config), name="ray")

    async def up(self) -> None:
        """Returns when Ray runs. Raises what kept it from that."""
        await asyncio.shield(asyncio.wrap_future(self._up))

    async def end(self) -> None:
        """Returns when Ray has ended, even if it was just about to start."""
        self._end.set()
        await asyncio.shield(asyncio.wrap_future(self._ended))

    def _live(self, config: ClusterConfig) -> None:
        try:
            _init(config)
        except BaseException as error:  # noqa: BLE001 whoever waits is told
            self._up.set_exception(error)
        else:
            self._up.set_result(None)
            self._end.wait()
        actors.library().shutdown()


def _settings(config: ClusterConfig, folder: Path) -> Mapping[str, str]:
    if config.address is not None:
        return settings_to_join(config.address)
    if config.build is None or not has_haproxy():
        return OURS
    return {**OURS, **haproxy_settings(folder, config.host)}


def _init(config: ClusterConfig) -> None:
    serve = start_thread(actors.serve_library, name="import-serve")  # while Ray's processes start
    options = {} if config.address is not None else {"include_dashboard": False}
    try:
        actors.library().init(
            address=config.address,
            namespace=config.node.namespace,
            logging_level=logging.ERROR,
            log_to_driver=False,
            **options,
        )
    except ConnectionError as error:
        raise no_cluster(config.address) from error
    except actors.library().exceptions.AuthenticationError as error:
        raise ConfigurationError(
            f"The Ray cluster at {config.address} asks for a token: `ray get-auth-token` shows it"
            " where the cluster was started; set RAY_AUTH_TOKEN to it here.",
            field="address",
        ) from error
    serve.result()
    logging.getLogger("ray.serve").setLevel(logging.ERROR)
