"""Sessions, messages and events over HTTP."""

from __future__ import annotations

import httpx

from liteagent.testing.runtime import AGENT
from tests.gateway.door import Door, MakeDoor, events_of


async def test_a_message_is_answered_in_a_turn_that_the_events_tell_of(
    door: Door, http: httpx.AsyncClient
) -> None:
    session = await door.session(http)
    receipt = await door.say(http, session, "hello")
    assert receipt["session_id"] == session

    stream = await http.get(f"/api/sessions/{session}/events?wait=turn")

    assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert stream.headers["x-accel-buffering"] == "no"
    events = events_of(stream.text)
    assert [int(event["id"]) for event in events] == list(range(1, len(events) + 1))
    assert [event["event"] for event in events] == await door.rig.types(session)
    sent = next(event["data"] for event in events if event["event"] == "message.sent")
    assert set(sent) == {"seq", "type", "ts", "data", "epoch", "v"}
    assert sent["data"]["text"] == "Hello there."
    assert sent["data"]["turn_id"] == receipt["turn_id"]


async def test_messages_are_listed_as_they_were_said(door: Door, http: httpx.AsyncClient) -> None:
    session = await door.session(http)
    await door.say(http, session, "hello")
    page = (await http.get(f"/api/sessions/{session}/messages")).json()
    assert [(item["role"], item["content"]) for item in page["items"]] == [
        ("user", "hello"),
        ("assistant", "Hello there."),
    ]
    assert page["next"] is None


async def test_the_same_key_again_gives_the_same_receipt_and_nothing_else(
    door: Door, http: httpx.AsyncClient
) -> None:
    session = await door.session(http)
    first = await door.say(http, session, "hello", idempotency_key="k1")
    again = await door.say(http, session, "hello", idempotency_key="k1")
    header = await http.post(
        f"/api/sessions/{session}/messages",
        json={"content": "hello"},
        headers={"Idempotency-Key": "k1"},
    )
    assert first == again == header.json()
    assert (await door.rig.types(session)).count("message.received") == 1


async def test_the_same_key_with_another_text_is_refused_for_that_text_would_be_lost(
    door: Door, http: httpx.AsyncClient
) -> None:
    session = await door.session(http)
    await door.say(http, session, "hello", idempotency_key="k1")
    refused = await http.post(
        f"/api/sessions/{session}/messages", json={"content": "bye", "idempotency_key": "k1"}
    )
    assert refused.status_code == 409
    assert refused.headers["x-should-retry"] == "false"
    assert refused.json()["error"]["code"] == "idempotency_key_conflict"
    assert (await door.rig.types(session)).count("message.received") == 1


async def test_a_principal_that_names_nobody_is_told_of_by_its_field(
    door: Door, http: httpx.AsyncClient
) -> None:
    path = f"/api/sessions/{await door.session(http)}/messages"
    refused = await http.post(path, json={"content": "hello", "principal": {"name": "Ann"}})
    assert refused.status_code == 400
    assert refused.json()["error"]["message"] == "principal.id: Field required."
    odd = await http.post(
        "/v1/responses", json={"model": AGENT, "input": "hello", "conversation": 5}
    )
    assert odd.json()["error"]["param"] == "conversation"


async def test_a_client_that_reconnects_goes_on_after_the_last_event_it_has(
    door: Door, http: httpx.AsyncClient
) -> None:
    session = await door.session(http)
    await door.say(http, session, "hello")
    path = f"/api/sessions/{session}/events?wait=turn"
    whole = events_of((await http.get(path)).text)
    for after in (1, len(whole) - 1):
        by_query = events_of((await http.get(f"{path}&after={after}")).text)
        by_header = events_of(
            (await http.get(f"{path}&after=0", headers={"Last-Event-ID": str(after)})).text
        )
        assert by_query == by_header == whole[after:]


async def test_waiting_ends_with_the_turn_of_the_message_sent_last(
    door: Door, http: httpx.AsyncClient
) -> None:
    session = await door.session(http)
    first = await door.say(http, session, "hello")
    last = await door.say(http, session, "look")
    path = f"/api/sessions/{session}/events?wait=turn&after="
    for after in (0, first["seq"], last["seq"]):
        events = events_of((await http.get(f"{path}{after}")).text)
        assert events[-1]["data"]["type"] == "turn.completed"
        assert events[-1]["data"]["data"]["turn_id"] == last["turn_id"]


async def test_a_session_that_is_busy_says_so_and_is_not_to_be_asked_again(
    make_door: MakeDoor,
) -> None:
    async with make_door(overlap="reject") as door, door.http() as http:
        door.rig.sink.hold("look")
        session = await door.session(http)
        await door.say(http, session, "look")
        busy = await http.post(f"/api/sessions/{session}/messages", json={"content": "hello"})
        door.rig.sink.release("look")
    assert busy.status_code == 409
    assert busy.json()["error"]["code"] == "session_busy"
    assert busy.headers["x-should-retry"] == "false"


async def test_a_turn_is_cancelled_and_what_finished_is_kept(
    door: Door, http: httpx.AsyncClient
) -> None:
    session = await door.session(http)
    receipt = await door.say(http, session, "restart")
    answer = await http.post(f"/api/sessions/{session}/cancel")
    await door.rig.settle()
    assert answer.json() == {"cancelled": [receipt["turn_id"]]}
    assert (await door.rig.types(session))[-1] == "turn.cancelled"
    assert door.rig.sink.done == []


async def test_a_fork_begins_as_the_session_was(door: Door, http: httpx.AsyncClient) -> None:
    session = await door.session(http)
    await door.say(http, session, "hello")
    await door.say(http, session, "look")
    seq = (await door.rig.types(session)).index("turn.completed") + 1

    answer = await http.post(f"/api/sessions/{session}/fork", json={"at": seq})

    assert answer.status_code == 201
    fork = answer.json()["session_id"]
    messages = (await http.get(f"/api/sessions/{fork}/messages")).json()["items"]
    assert [item["content"] for item in messages] == ["hello", "Hello there."]
    beyond = await http.post(f"/api/sessions/{session}/fork", json={"at": 10_000})
    assert (beyond.status_code, beyond.json()["error"]["param"]) == (400, "at")


async def test_a_deleted_session_is_gone(door: Door, http: httpx.AsyncClient) -> None:
    session = await door.session(http)
    assert (await http.delete(f"/api/sessions/{session}")).status_code == 204
    for path in ("", "/messages", "/events"):
        gone = await http.get(f"/api/sessions/{session}{path}")
        assert gone.status_code == 404
        assert gone.json()["error"]["code"] == "session_not_found"


async def test_listings_come_in_pages(door: Door, http: httpx.AsyncClient) -> None:
    made = {await door.session(http) for _ in range(5)}
    found: set[str] = set()
    cursor = ""
    while True:
        path = f"/api/agents/{AGENT}/sessions?limit=2{cursor}"
        page = (await http.get(path)).json()
        found |= {item["id"] for item in page["items"]}
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert found == made


async def test_a_session_may_be_given_its_id_once(door: Door, http: httpx.AsyncClient) -> None:
    path = f"/api/agents/{AGENT}/sessions"
    first = await http.post(path, json={"session_id": "T1:C1:17.5"})
    assert first.json() == {"session_id": "T1:C1:17.5"}
    assert (await http.post(path, json={"session_id": "T1:C1:17.5"})).status_code == 409
    assert (await http.post(path, json={"session_id": "a b"})).status_code == 400


async def test_agents_are_listed_and_shown(http: httpx.AsyncClient) -> None:
    page = (await http.get("/api/agents")).json()
    assert [item["name"] for item in page["items"]] == [AGENT]
    assert (await http.get(f"/api/agents/{AGENT}")).json() == page["items"][0]


async def test_text_with_a_lone_surrogate_survives(door: Door, http: httpx.AsyncClient) -> None:
    session = await door.session(http)
    body = b'{"content": "a\\ud800b"}'
    headers = {"content-type": "application/json"}
    sent = await http.post(f"/api/sessions/{session}/messages", content=body, headers=headers)
    assert sent.status_code == 202
    await door.rig.settle()
    said = await http.get(f"/api/sessions/{session}/messages")
    assert said.json()["items"][0]["content"] == "a\ud800b"
