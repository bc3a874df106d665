"""`/livez`, `/readyz`, `/metrics`: for whoever watches the process. They call no provider."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from liteagent.gateway.context import TheGateway
from liteagent.gateway.http.render import JsonResponse
from liteagent.observability import HealthStatus, overall
from liteagent.security import redact

router = APIRouter()


@router.get("/livez")
async def livez() -> Response:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@router.get("/readyz")
@router.get("/health")
async def readyz(gateway: TheGateway) -> Response:
    """Whether it can serve; 503 with the reasons where it cannot."""
    results = await gateway.checks.run_all()
    status = overall(results)
    checks = [result.to_json() for result in results.values()]
    return JsonResponse(
        {"status": status.value, "checks": redact(checks)},
        status_code=503 if status is HealthStatus.UNHEALTHY else 200,
    )


@router.get("/metrics")
async def metrics(gateway: TheGateway) -> Response:
    """In Prometheus' text format; empty where nothing is measured."""
    if gateway.metrics is None:
        return Response(b"", media_type="text/plain; charset=utf-8")
    return Response(gateway.metrics.render(), media_type=gateway.metrics.content_type)
