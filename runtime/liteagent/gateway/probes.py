"""`/livez`, `/readyz`, `/metrics`: for whoever watches the process. They call no provider."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from liteagent.gateway.context import TheGateway
from liteagent.gateway.http.render import JsonResponse
from liteagent.observability import HealthStatus, exposition, overall
from liteagent.security import redact

router = APIRouter()

PROBED = ["GET", "HEAD"]
"""Load balancers ask for the head alone."""

GATEWAY = "gateway"
"""What this process calls itself among the hosts of a cluster."""


@router.api_route("/livez", methods=PROBED)
async def livez() -> Response:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@router.api_route("/readyz", methods=PROBED)
@router.api_route("/health", methods=PROBED)
async def readyz(gateway: TheGateway) -> Response:
    """Whether it can serve; 503 with the reasons where it cannot."""
    results = await gateway.checks.run_all()
    status = overall(results)
    checks = [result.to_json() for result in results.values()]
    return JsonResponse(
        {"status": status.value, "checks": redact(checks)},
        status_code=503 if status is HealthStatus.UNHEALTHY else 200,
    )


@router.api_route("/metrics", methods=PROBED)
async def metrics(gateway: TheGateway) -> Response:
    """In Prometheus' text format, of the whole cluster where there is one; empty where nothing is
    measured.
    """
    measured = gateway.metrics
    if measured is None:
        return Response(b"", media_type="text/plain; charset=utf-8")
    if gateway.scrape is None:
        return Response(measured.render(), media_type=measured.content_type)
    hosts = await gateway.scrape()
    answered = {name: theirs for name, theirs in hosts.items() if theirs is not None}
    text = exposition(
        {GATEWAY: measured.collect(), **answered}, unreachable=len(hosts) - len(answered)
    )
    return Response(text, media_type=measured.content_type)
