"""views.*: modals, and the App Home."""

from __future__ import annotations

from liteagent.testing.slack.blocks import check_view, fill_ids
from liteagent.testing.slack.methods.arguments import Arguments
from liteagent.testing.slack.methods.method import Method
from liteagent.testing.slack.payloads import view_json
from liteagent.testing.slack.records import Json, View
from liteagent.testing.slack.refusal import SlackRefusal
from liteagent.testing.slack.stage import Stage

DEEPEST = 3


def open_view(stage: Stage, args: Arguments) -> Json:
    body = read_view(stage, args, "modal")
    user = stage.triggers.spend(args.text("trigger_id"))
    for view in stage.workspace.modals_of(user):
        del stage.workspace.modals[view.id]
    return _answer(stage, put_modal(stage, user, body))


def push(stage: Stage, args: Arguments) -> Json:
    body = read_view(stage, args, "modal")
    user = stage.triggers.spend(args.text("trigger_id"))
    return _answer(stage, push_modal(stage, user, body))


def update(stage: Stage, args: Arguments) -> Json:
    id, external = args.maybe("view_id"), args.maybe("external_id")
    views = stage.workspace.views()
    view = next(
        (v for v in views if v.id == id or (external and v.body.get("external_id") == external)),
        None,
    )
    if view is None:
        raise SlackRefusal("not_found")
    if args.maybe("hash") not in (None, view.hash):
        raise SlackRefusal("hash_conflict")
    replace(stage, view, read_view(stage, args, str(view.body["type"])))
    return _answer(stage, view)


def publish(stage: Stage, args: Arguments) -> Json:
    body = read_view(stage, args, "home")
    user = args.text("user_id")
    if user not in stage.workspace.users:
        raise SlackRefusal("user_not_found")
    home = stage.workspace.homes.get(user)
    if args.maybe("hash") and home is not None and args.maybe("hash") != home.hash:
        raise SlackRefusal("hash_conflict")
    if home is None:
        home = new_view(stage, user, body)
        stage.workspace.homes[user] = home
    else:
        replace(stage, home, body)
    return _answer(stage, home)


def read_view(stage: Stage, args: Arguments, kind: str) -> Json:
    """The `view` of a call, checked, ids filled in."""
    view = args.object("view")
    if view is None:
        raise SlackRefusal("invalid_arguments", ("[ERROR] missing required field: view",))
    return checked_view(stage, view, kind)


def checked_view(stage: Stage, view: Json, kind: str) -> Json:
    """A view that Slack would take."""
    problems = [str(problem) for problem in check_view(view)]
    if not problems and view["type"] != kind:
        problems = [f"[ERROR] must be a {kind} [json-pointer:/view/type]"]
    if problems:
        raise SlackRefusal("invalid_arguments", problems)
    return {**view, "blocks": fill_ids(view["blocks"], stage.workspace.new_id)}


def new_view(stage: Stage, user: str, body: Json) -> View:
    """A view that is not yet anywhere."""
    workspace = stage.workspace
    id = workspace.new_id("V")
    return View(id=id, user=user, body=body, hash=workspace.new_ts(), root=id)


def put_modal(stage: Stage, user: str, body: Json) -> View:
    """Open a modal for somebody."""
    view = new_view(stage, user, body)
    stage.workspace.modals[view.id] = view
    return view


def push_modal(stage: Stage, user: str, body: Json) -> View:
    """Put a modal on top of the one that is open."""
    stack = stage.workspace.modals_of(user)
    if not stack:
        raise SlackRefusal("not_found")
    if len(stack) >= DEEPEST:
        raise SlackRefusal("push_limit_reached")
    view = put_modal(stage, user, body)
    view.root, view.previous = stack[0].root, stack[-1].id
    return view


def replace(stage: Stage, view: View, body: Json) -> None:
    """Show something else in the view."""
    view.body, view.hash, view.errors = body, stage.workspace.new_ts(), {}


def _answer(stage: Stage, view: View) -> Json:
    return {"view": view_json(stage.workspace, view)}


METHODS = {
    "views.open": Method(open_view),
    "views.publish": Method(publish),
    "views.push": Method(push),
    "views.update": Method(update),
}
