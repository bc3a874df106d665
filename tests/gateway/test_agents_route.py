"""Agents over HTTP: kept where `agents apply` keeps them, and never over a file of a person's."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx
import pytest

from liteagent.agents.defaults import built_in_assistant
from liteagent.agents.directory import AgentFiles
from liteagent.agents.kept import KeptAgents
from liteagent.config import Settings
from liteagent.gateway import create_app
from tests.gateway.door import Door

CLERK = {"name": "clerk", "purpose": "Files.", "model": "test/model", "tools": ["look"]}


@pytest.fixture
def files(tmp_path: Path) -> AgentFiles:
    """A person's folder with the agent `desk`, the data directory, and what is built in."""
    folder = tmp_path / "configs" / "agents"
    folder.mkdir(parents=True)
    (folder / "desk.yaml").write_text("name: desk\nmodel: demo/demo\n")
    settings = Settings(home=tmp_path / "home")
    return AgentFiles(
        [tmp_path / "configs", settings.home], built_in=[built_in_assistant(settings)]
    )


@pytest.fixture
async def http(door: Door, files: AgentFiles, tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient]:
    kept = KeptAgents(files, tmp_path / "home")
    app = create_app(door.rig.runtime, files, door.keys, settings=door.settings, kept=kept)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),
        base_url="http://gateway",
        headers={"Authorization": f"Bearer {door.admin}"},
    ) as http:
        yield http


def message(answer: httpx.Response) -> str:
    return answer.json()["error"]["message"]


async def test_an_agent_is_made_read_changed_and_forgotten(
    http: httpx.AsyncClient, tmp_path: Path
) -> None:
    made = await http.post("/api/agents", json=CLERK)
    assert (made.status_code, made.json()["model"]) == (201, ["test/model"])
    assert (tmp_path / "home" / "agents" / "clerk.yaml").exists()
    listed = (await http.get("/api/agents")).json()["items"]
    assert [item["name"] for item in listed] == ["assistant", "clerk", "desk"]

    changed = await http.patch("/api/agents/clerk", json={"purpose": "Finds."})
    assert (changed.status_code, changed.json()["tools"]) == (200, ["look"])
    replaced = await http.put("/api/agents/clerk", json={"model": "test/model"})
    assert (replaced.status_code, replaced.json()["purpose"]) == (200, "")
    assert (await http.get("/api/agents/clerk")).json() == replaced.json()

    assert (await http.delete("/api/agents/clerk")).status_code == 204
    assert (await http.get("/api/agents/clerk")).status_code == 404
    assert (await http.delete("/api/agents/clerk")).status_code == 404


async def test_whoever_reads_the_same_folders_meets_a_new_agent_at_once(
    http: httpx.AsyncClient, tmp_path: Path
) -> None:
    host = AgentFiles([tmp_path / "configs", tmp_path / "home"])
    assert (await http.put("/api/agents/clerk", json=CLERK)).status_code == 201
    assert host.get("clerk").purpose == "Files."
    session = await http.post("/api/agents/clerk/sessions")
    assert session.status_code == 201


@pytest.mark.parametrize(("name", "why"), [("assistant", "is built in"), ("desk", "desk.yaml")])
async def test_what_is_built_in_or_in_a_persons_file_is_left_alone(
    http: httpx.AsyncClient, name: str, why: str
) -> None:
    spec = {**CLERK, "name": name}
    tried = [
        await http.post("/api/agents", json=spec),
        await http.put(f"/api/agents/{name}", json=spec),
        await http.patch(f"/api/agents/{name}", json={"purpose": "x"}),
        await http.delete(f"/api/agents/{name}"),
    ]
    for answer in tried:
        assert answer.status_code == 409
        assert why in message(answer)


async def test_an_agent_is_made_once(http: httpx.AsyncClient) -> None:
    await http.post("/api/agents", json=CLERK)
    again = await http.post("/api/agents", json=CLERK)
    assert again.status_code == 409
    assert "PUT" in message(again)


@pytest.mark.parametrize(
    ("spec", "said", "param"),
    [
        ({"tool": ["look"]}, "tool is not a field here: did you mean tools?", "tool"),
        ({"model": "gpt-4o"}, "provider/model", "model"),
        ({"limits": {"max_seconds": "soon"}}, "should be a number", "limits.max_seconds"),
        ({"name": "other"}, "the path says 'clerk'", "name"),
    ],
)
async def test_what_is_wrong_is_said_as_it_is_of_a_file(
    http: httpx.AsyncClient, spec: dict[str, Any], said: str, param: str
) -> None:
    answer = await http.put("/api/agents/clerk", json={**CLERK, **spec})
    assert answer.status_code == 400
    assert said in message(answer)
    assert answer.json()["error"]["param"] == param
    assert (await http.get("/api/agents/clerk")).status_code == 404


async def test_only_the_admin_of_all_tenants_keeps_agents(
    http: httpx.AsyncClient, door: Door
) -> None:
    for key in (await door.key("chat", "approve"), await door.key("admin", tenant="acme")):
        headers = {"Authorization": f"Bearer {key}"}
        refused = await http.post("/api/agents", json=CLERK, headers=headers)
        assert refused.status_code == 403


async def test_a_gateway_without_a_place_for_agents_says_so(door: Door) -> None:
    async with door.http() as http:
        refused = await http.post("/api/agents", json=CLERK)
    assert refused.status_code == 403
    assert "configuration" in message(refused)
