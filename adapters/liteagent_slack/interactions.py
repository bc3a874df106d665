"""Clicks, forms and slash commands, as values of the chat core: pure functions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from liteagent.chat.inbound import Clicked, Commanded, Submitted
from liteagent.chat.places import Person, Place
from liteagent_slack.account import Account
from liteagent_slack.events import conversation, is_direct, team_in
from liteagent_slack.markup import as_plain
from liteagent_slack.modals import answers_of, origin_of

Json = Mapping[str, Any]
PREFIX = "la:"
"""What the action ids and values of our cards begin with."""


def clicked(body: Json, account: Account) -> Clicked | None:
    """The press of a button of a card; None for every other action."""
    action = _action(body)
    value = action.get("value") or ""
    if body.get("type") != "block_actions" or not value.startswith(PREFIX):
        return None
    person = _person(body, account)
    place, message = place_of(body, account)
    return Clicked(
        id=f"{place.team}:{person.id}:{_mark(value, action.get('action_ts'), *_once(body))}",
        value=value,
        place=place,
        message_id=message,
        person=person,
        ts=_seconds(action.get("action_ts")),
        handle=handle_of(body) | {"place": place.to_json(), "message": message},
    )


def submitted(body: Json, account: Account) -> Submitted | None:
    """A form that was sent off; None for a view that is none of ours."""
    view: Json = body.get("view") or {}
    origin = origin_of(view)
    if body.get("type") != "view_submission" or not origin:
        return None
    person = _person(body, account)
    place = Place.from_json(origin["place"]) if "place" in origin else _home_of(body)
    return Submitted(
        id=f"{place.team}:{person.id}:{_mark(view.get('id'), view.get('private_metadata'))}",
        value=origin["value"],
        place=place,
        person=person,
        ts=0.0,
        answers=answers_of(view),
        handle={"response_url": origin.get("response_url") or ""},
    )


def commanded(body: Json, account: Account) -> Commanded | None:
    """A slash command."""
    if not body.get("command"):
        return None
    team, channel = body.get("team_id") or account.team, body.get("channel_id") or ""
    direct = is_direct(channel, "im" if body.get("channel_name") == "directmessage" else None)
    place = Place(team=team, channel=channel, direct=direct)
    return Commanded(
        id=f"{team}:{channel}:{_mark(body.get('user_id'), body.get('text'), *_once(body))}",
        text=as_plain(body.get("text") or "").strip(),
        conversation=conversation(team, channel, ""),
        place=place,
        person=Person(id=body.get("user_id") or "", name=body.get("user_name") or "", team=team),
        ts=0.0,
        handle=handle_of(body),
    )


def place_of(body: Json, account: Account) -> tuple[Place, str]:
    """Where the message stands in which somebody clicked, and its id; both are empty in views."""
    container: Json = body.get("container") or {}
    message: Json = body.get("message") or {}
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id") or ""
    thread = message.get("thread_ts") or container.get("thread_ts") or ""
    team = (body.get("team") or {}).get("id") or account.team
    place = Place(team=team, channel=channel, thread=thread, direct=is_direct(channel))
    return place, container.get("message_ts") or message.get("ts") or ""


def handle_of(body: Json) -> dict[str, Any]:
    """What Slack needs to answer this person alone, or to show them a form."""
    return {
        "trigger_id": body.get("trigger_id") or "",
        "response_url": body.get("response_url") or "",
    }


def _once(body: Json) -> tuple[Any, Any]:
    """What Slack makes for one interaction, and never again."""
    return body.get("trigger_id"), body.get("response_url")


def _mark(*parts: Any) -> str:
    """What tells one interaction from all others, and from itself when it is heard again; short,
    and without the secret that a `response_url` is.
    """
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:32]


def _action(body: Json) -> Json:
    return next(iter(body.get("actions") or ()), {})


def _person(body: Json, account: Account) -> Person:
    user: Json = body.get("user") or {}
    team = user.get("team_id") or (body.get("team") or {}).get("id") or account.team
    return Person(id=user.get("id") or "", name=user.get("username") or "", team=team)


def _home_of(body: Json) -> Place:
    """No channel of the workspace from which it comes."""
    return Place(team=team_in(body), channel="")


def _seconds(ts: Any) -> float:
    try:
        return float(ts)
    except (TypeError, ValueError):
        return 0.0
