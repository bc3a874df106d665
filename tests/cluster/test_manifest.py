"""`ray_cluster.yaml`, as far as that can be checked without a Kubernetes."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml

from liteagent.cluster.edge import middlewares
from liteagent.cluster.service import ARGUMENTS, application
from liteagent.config import Settings
from liteagent.errors import ConfigurationError

MANIFEST = yaml.safe_load((Path(__file__).parents[2] / "ray_cluster.yaml").read_text())
CLUSTER = MANIFEST["spec"]["rayClusterConfig"]
SERVE = yaml.safe_load(MANIFEST["spec"]["serveConfigV2"])
GROUPS = [CLUSTER["headGroupSpec"], *CLUSTER["workerGroupSpecs"]]
CONTAINERS: list[dict[str, Any]] = [
    container for group in GROUPS for container in group["template"]["spec"]["containers"]
]


def environment(container: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {variable["name"]: variable for variable in container["env"]}


def test_it_is_a_ray_service_of_the_ray_version_that_is_tested_here() -> None:
    assert (MANIFEST["apiVersion"], MANIFEST["kind"]) == ("ray.io/v1", "RayService")
    assert CLUSTER["rayVersion"] == version("ray")


def test_serve_finds_the_application_and_its_arguments() -> None:
    (served,) = SERVE["applications"]
    module, _, name = served["import_path"].partition(":")

    assert getattr(import_module(module), name) is application
    assert set(served["args"]) <= set(ARGUMENTS)


def test_every_container_runs_the_same_image_with_the_same_environment() -> None:
    assert len({container["image"] for container in CONTAINERS}) == 1
    assert all(container["env"] == CONTAINERS[0]["env"] for container in CONTAINERS)


@pytest.mark.parametrize("container", CONTAINERS, ids=lambda container: container["name"])
def test_what_is_secret_comes_from_the_secret(container: dict[str, Any]) -> None:
    secret = {"JOURNAL_URL", "ADMIN_KEY", "ENCRYPTION_KEY"}
    variables = environment(container)

    for name in {f"LITEAGENT_{name}" for name in secret} | {"OPENAI_API_KEY", "ANTHROPIC_API_KEY"}:
        assert variables[name]["valueFrom"]["secretKeyRef"]["name"] == "liteagent"


@pytest.mark.parametrize("container", CONTAINERS, ids=lambda container: container["name"])
def test_every_setting_is_one_that_liteagent_knows(container: dict[str, Any]) -> None:
    names = {
        name.removeprefix("LITEAGENT_").lower()
        for name in environment(container)
        if name.startswith("LITEAGENT_")
    }

    assert names <= set(Settings.model_fields)


@pytest.mark.parametrize("container", CONTAINERS, ids=lambda container: container["name"])
def test_the_headers_are_stripped_wherever_serve_answers(container: dict[str, Any]) -> None:
    path = environment(container)["RAY_SERVE_HTTP_PROXY_CALLBACK_IMPORT_PATH"]["value"]
    module, _, name = path.rpartition(".")

    assert getattr(import_module(module), name) is middlewares


@pytest.mark.parametrize("container", CONTAINERS, ids=lambda container: container["name"])
def test_every_container_is_probed_on_a_port_it_has(container: dict[str, Any]) -> None:
    ports = {port["containerPort"] for port in container["ports"]} | {52365}  # Ray's agent

    for probe in ("livenessProbe", "readinessProbe"):
        assert container[probe]["httpGet"]["port"] in ports


def test_an_argument_that_nobody_knows_is_named() -> None:
    with pytest.raises(ConfigurationError, match="of which build is needed; found replica"):
        application({"replica": 2})


def test_a_gateway_that_cannot_be_imported_is_named() -> None:
    with pytest.raises(ConfigurationError, match="'nowhere:build' cannot be imported"):
        application({"build": "nowhere:build"})
