"""The application: every route over collaborators that are passed in."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from liteagent.agents.env import AgentDirectory
from liteagent.agents.inbox import ApprovalInbox
from liteagent.agents.kept import KeptAgents
from liteagent.agents.sessions import Sessions
from liteagent.clock import Clock, SystemClock
from liteagent.gateway import models, probes
from liteagent.gateway.chat import route as chat
from liteagent.gateway.context import Gateway, Scrape
from liteagent.gateway.housekeeping import housekeeping
from liteagent.gateway.http.authentication import PROBES, Authentication
from liteagent.gateway.http.envelope import Envelope
from liteagent.gateway.http.handlers import add_error_handlers
from liteagent.gateway.http.limits import Limits
from liteagent.gateway.native import agents as native_agents
from liteagent.gateway.native import approvals, events, messages, sessions
from liteagent.gateway.responses import create, lookup
from liteagent.gateway.settings import GatewaySettings
from liteagent.gateway.turns.reservations import Reservations
from liteagent.ids import Ids, RandomIds
from liteagent.kernel import Runtime
from liteagent.observability import HealthCheck, HealthCheckRegistry, JournalHealthCheck, Metrics
from liteagent.security import ApiKeys, AuthMiddleware, JWTHandler

ROUTERS: tuple[APIRouter, ...] = (
    probes.router,
    models.router,
    chat.router,
    create.router,
    lookup.router,
    native_agents.router,
    sessions.router,
    messages.router,
    events.router,
    approvals.router,
)


def create_app(
    runtime: Runtime,
    agents: AgentDirectory,
    keys: ApiKeys,
    *,
    jwt: JWTHandler | None = None,
    settings: GatewaySettings | None = None,
    metrics: Metrics | None = None,
    scrape: Scrape | None = None,
    kept: KeptAgents | None = None,
    checks: Sequence[HealthCheck] = (),
    routers: Sequence[APIRouter] = (),
    open_paths: Collection[str] = (),
    clock: Clock | None = None,
    ids: Ids | None = None,
) -> FastAPI:
    """An ASGI application that holds nothing of its own: any number of replicas serve one journal.

    `kept` is where agents that are made over HTTP go; without it none can be made.
    `scrape` collects what the hosts of a cluster measured, for `/metrics`.
    `routers` are more routes, under the same authentication and with the same errors;
    `open_paths` are those of them that know their callers by other means (a platform's signature).
    Whoever serves the application closes the runtime after it.
    """
    clock, ids = clock or SystemClock(), ids or RandomIds()
    settings = settings or GatewaySettings()
    gateway = Gateway(
        agents=agents,
        kept=kept,
        sessions=Sessions(runtime, agents, ids),
        inbox=ApprovalInbox(runtime),
        reservations=Reservations(runtime.journal, clock, ids),
        settings=settings,
        checks=_registry([JournalHealthCheck(runtime.journal, clock=clock), *checks]),
        metrics=metrics,
        scrape=scrape,
        clock=clock,
        ids=ids,
        started_at=clock.now(),
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None, None]:
        async with housekeeping(gateway):
            yield

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.gateway = gateway
    served = (*ROUTERS, *routers)
    for router in served:
        app.include_router(router)
    add_error_handlers(app, _paths(served))
    on_answer = metrics.http_request if metrics is not None else None
    # the last one added is the first one a request meets
    app.add_middleware(Limits, settings=settings, clock=clock)
    app.add_middleware(
        Authentication, auth=AuthMiddleware(keys, jwt, public_paths=PROBES.union(open_paths))
    )
    app.add_middleware(Envelope, ids=ids, clock=clock, on_answer=on_answer)
    return app


def _registry(checks: Sequence[HealthCheck]) -> HealthCheckRegistry:
    registry = HealthCheckRegistry()
    for check in checks:
        registry.register(check)
    return registry


def _paths(routers: Sequence[APIRouter]) -> list[str]:
    return [
        route.path for router in routers for route in router.routes if isinstance(route, APIRoute)
    ]
