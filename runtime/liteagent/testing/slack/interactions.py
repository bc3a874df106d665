"""What the app is told when somebody presses, submits or types a command."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from liteagent.testing.slack.payloads import message_json, view_json
from liteagent.testing.slack.records import Channel, Json, Message, User, View
from liteagent.testing.slack.stage import Stage


@dataclass(slots=True, kw_only=True)
class Interaction:
    """Something somebody did, and how the app took it."""

    payload: Json
    acked: bool = False
    """Otherwise the person saw a warning: the app did not answer within three seconds."""
    seconds: float | None = None
    """From delivery to acknowledgement."""
    response: Json = field(default_factory=dict[str, Any])
    """What the app answered in the acknowledgement."""

    @property
    def trigger_id(self) -> str:
        return str(self.payload["trigger_id"])

    @property
    def response_url(self) -> str:
        return str(self.payload["response_url"])

    @property
    def errors(self) -> dict[str, str]:
        """What the app said against a submission, by block."""
        return dict(self.response.get("errors", {}))


def elements(blocks: list[Json]) -> Iterator[tuple[str, Json]]:
    """Every interactive element, with the id of its block."""
    for block in blocks:
        inner: list[Any] = [*block.get("elements", ()), *block.get("actions", ())]
        inner += [block[key] for key in ("accessory", "element") if block.get(key)]
        for element in inner:
            if isinstance(element, dict) and "action_id" in element:
                yield str(block["block_id"]), cast("Json", element)


def find_element(blocks: list[Json], wanted: str) -> tuple[str, Json]:
    """The element whose action id, value or label is `wanted`; of feedback buttons either one."""
    labels: list[str] = []
    for block, element in elements(blocks):
        for candidate in _variants(element):
            label = str(candidate.get("text", {}).get("text", ""))
            if wanted in (candidate.get("value"), candidate.get("action_id"), label):
                return block, candidate
            labels.append(label or str(candidate.get("action_id")))
    raise AssertionError(f"there is nothing to click that is {wanted!r}; there is {labels}")


def block_actions(
    stage: Stage, user: User, place: Message | View, block: str, element: Json
) -> Json:
    """Somebody pressed `element` in a message or a view."""
    workspace = stage.workspace
    action: Json = {"block_id": block, "action_ts": workspace.new_ts()}
    action |= {k: v for k, v in element.items() if k in _ACTION}
    body = _acted("block_actions", stage, user)
    if isinstance(place, View):
        container: Json = {"type": "view", "view_id": place.id}
        body |= {"container": container, "view": view_json(workspace, place)}
    else:
        body |= _in_message(stage, user, place)
    return {**body, "state": {"values": {}}, "actions": [action]}


def view_submission(stage: Stage, user: User, view: View, values: dict[str, Any]) -> Json:
    """Somebody submitted a modal."""
    body = _acted("view_submission", stage, user)
    return {**body, "view": view_json(stage.workspace, view, values), "response_urls": []}


def view_closed(stage: Stage, user: User, view: View) -> Json:
    """Somebody closed a modal that wants to know."""
    body = _acted("view_closed", stage, user)
    return {**body, "view": view_json(stage.workspace, view), "is_cleared": False}


def shortcut(stage: Stage, user: User, callback_id: str, message: Message | None) -> Json:
    """Somebody chose a shortcut, from a message's menu or from the general one."""
    body = _acted("shortcut" if message is None else "message_action", stage, user)
    body |= {"callback_id": callback_id, "action_ts": stage.workspace.new_ts()}
    if message is not None:
        body |= {**_in_message(stage, user, message), "message_ts": message.ts}
    return body


def slash_command(stage: Stage, user: User, channel: Channel, command: str, text: str) -> Json:
    """Somebody typed a command."""
    return {
        "token": "verification-token",
        "team_id": stage.workspace.team,
        "team_domain": "stand-in",
        "channel_id": channel.id,
        "channel_name": channel.name,
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": stage.workspace.app,
        "is_enterprise_install": "false",
        "response_url": stage.response_urls.issue(user.id, channel.id),
        "trigger_id": stage.triggers.issue(user.id),
    }


def form_values(view: View, values: Mapping[str, object]) -> dict[str, Any]:
    """The state of a form that was filled in with `values`, each by block or action id.

    Raises AssertionError, as Slack would not let the form go, when a needed one is missing.
    """
    state: dict[str, Any] = {}
    unknown = set(values)
    for block in view.body["blocks"]:
        if block["type"] != "input":
            continue
        element: Json = block["element"]
        names = (block["block_id"], element["action_id"])
        given = next((values[name] for name in names if name in values), None)
        if given is None:
            given = element.get("initial_value")
        unknown -= set(names)
        assert given is not None or block.get("optional"), f"the form needs {names[0]!r}"
        state[names[0]] = {names[1]: _filled(element, given)}
    assert not unknown, f"the form has no {sorted(unknown)}"
    return state


_ACTION = ("type", "action_id", "text", "value", "style")


def _variants(element: Json) -> list[Json]:
    if element.get("type") != "feedback_buttons":
        return [element]
    own = {"type": "feedback_buttons", "action_id": element["action_id"]}
    return [{**element[key], **own} for key in ("positive_button", "negative_button")]


def _acted(kind: str, stage: Stage, user: User) -> Json:
    workspace = stage.workspace
    return {
        "type": kind,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team},
        "api_app_id": workspace.app,
        "token": "verification-token",
        "trigger_id": stage.triggers.issue(user.id),
        "team": {"id": workspace.team, "domain": "stand-in"},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _in_message(stage: Stage, user: User, message: Message) -> Json:
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.only_for is not None,
    }
    if message.thread is not None:
        container["thread_ts"] = message.thread
    channel = stage.workspace.channels[message.channel]
    body: Json = {
        "container": container,
        "channel": {"id": channel.id, "name": channel.name},
        "response_url": stage.response_urls.issue(user.id, channel.id, message),
    }
    if message.only_for is None:
        body["message"] = message_json(stage.workspace, message, stage.base(), metadata=True)
    return body


def _filled(element: Json, given: object) -> Json:
    kind = str(element["type"])
    if kind in ("checkboxes", "multi_static_select"):
        chosen = cast("list[str]", given or [])
        return {"type": kind, "selected_options": [_option(element, v) for v in chosen]}
    if kind in ("radio_buttons", "static_select"):
        option = None if given is None else _option(element, str(given))
        return {"type": kind, "selected_option": option}
    key = {"users_select": "selected_user", "datepicker": "selected_date"}.get(kind, "value")
    return {"type": kind, key: given}


def _option(element: Json, wanted: str) -> Json:
    options: list[Json] = [
        *element.get("options", ()),
        *(o for group in element.get("option_groups", ()) for o in group["options"]),
    ]
    for option in options:
        if wanted in (option["value"], option["text"]["text"]):
            return option
    raise AssertionError(f"there is no {wanted!r} to choose; there is {options}")
