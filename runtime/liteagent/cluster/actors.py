"""Ray's actors and calls, with the types that Ray's own lack: started, found, called, ended."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Sequence
from typing import Any

from liteagent.cluster.errors import HostLostError

AT_ONCE = 50_000
"""Calls that an actor takes at a time: every open stream is one of them."""


def library() -> Any:
    """The `ray` module, imported at first use; untyped, because its own types are half unknown."""
    import ray

    return ray


def serve_library() -> Any:
    """The `ray.serve` module, likewise."""
    from ray import serve

    return serve


def start(
    kind: type[Any],
    *args: Any,
    actor: str,
    namespace: str,
    num_cpus: float = 0,
    num_gpus: float = 0,
) -> Any:
    """A handle of the detached actor of this name, which is started unless it is there.

    Ray starts it again whenever it dies, with the same arguments. Returns before it is up.
    """
    named = (
        library()
        .remote(num_cpus=num_cpus, num_gpus=num_gpus)(kind)
        .options(
            name=actor,
            namespace=namespace,
            lifetime="detached",
            get_if_exists=True,
            max_restarts=-1,
            max_concurrency=AT_ONCE,
        )
    )
    return named.remote(*args)


def find(actor: str, namespace: str) -> Any:
    """A handle of the actor of this name, or None."""
    try:
        return library().get_actor(actor, namespace=namespace)
    except ValueError:
        return None


def names(namespace: str) -> Sequence[str]:
    """The actors of a namespace that are there now."""
    from ray.util import list_named_actors

    found: Any = list_named_actors(all_namespaces=True)
    return sorted(each["name"] for each in found if each["namespace"] == namespace)


def kill(handle: Any, *, for_good: bool) -> None:
    """End the actor's process now; unless `for_good`, Ray starts another one."""
    library().kill(handle, no_restart=for_good)


def cancel(references: Any, *, force: bool = False) -> None:
    """Ask a call to end; `force` kills the process of a task."""
    library().cancel(references, force=force)


async def result_of(reference: Awaitable[Any], host: str) -> Any:
    """What a call returned. Raises what it raised, as the class it was raised with, and
    `HostLostError` when the actor died or cannot be reached.
    """
    from ray.exceptions import RayError

    try:
        return await reference
    except RayError as error:
        raise _translated(error, host) from error


async def results_of(references: Any, host: str) -> AsyncGenerator[Any]:
    """What a streaming call yields, one by one; errors as `result_of`.

    When the reader stops, the call is cancelled: letting go of it alone would leave it running.
    """
    from ray.exceptions import RayError

    ended = False
    try:
        async for reference in references:
            yield await reference
        ended = True
    except RayError as error:
        ended = True
        raise _translated(error, host) from error
    finally:
        if not ended:
            cancel(references)


def _translated(error: Exception, host: str) -> BaseException:
    from ray.exceptions import ActorDiedError, ActorUnavailableError, RayTaskError

    if isinstance(error, ActorDiedError):
        return HostLostError(host, for_good=True)
    if isinstance(error, ActorUnavailableError):
        return HostLostError(host)
    cause: object = getattr(error, "cause", None) if isinstance(error, RayTaskError) else None
    return cause if isinstance(cause, BaseException) else error
