"""What people do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from liteagent.testing.slack.interactions import (
    Interaction,
    block_actions,
    find_element,
    form_values,
    shortcut,
    slash_command,
    view_closed,
    view_submission,
)
from liteagent.testing.slack.methods.arguments import Arguments
from liteagent.testing.slack.methods.reactions import unreact
from liteagent.testing.slack.methods.views import checked_view, push_modal, replace
from liteagent.testing.slack.parts import Parts
from liteagent.testing.slack.records import DeliveryKind, Json, Message, User, View
from liteagent.testing.slack.server import respond
from liteagent.testing.slack.tickets import ResponseUrl
from liteagent.testing.slack.typed import typed


class People:
    """Each does what somebody at a Slack client does; the app is told as Slack tells it."""

    _parts: Parts

    async def say(
        self,
        user: str,
        channel: str,
        text: str,
        thread: str | None = None,
        files: Iterable[str] = (),
        *,
        broadcast: bool = False,
    ) -> str:
        """The ts of the new message. A mention in a channel reaches the app as two events.

        `&`, `<`, `>` and addresses are written down as Slack does: `a &amp; b`, `<https://x>`.
        """
        workspace = self._parts.workspace
        place = workspace.channels[channel]
        assert user in place.members, f"{user} is not in {channel}"
        message = Message(
            ts=workspace.new_ts(),
            channel=channel,
            user=user,
            text=typed(text),
            thread=thread,
            files=list(files),
            broadcast=broadcast,
        )
        workspace.post(message)
        self._parts.stage.announcer.posted(message)
        self._parts.changes.touch()
        return message.ts

    async def edit(self, user: str, channel: str, ts: str, text: str) -> None:
        """Somebody changes what they said."""
        message = self._message(channel, ts)
        assert message.user == user, "people edit only what they said themselves"
        before = self._parts.stage.json(message)
        message.text, message.edited = typed(text), self._parts.workspace.new_ts()
        self._parts.stage.announcer.edited(before, message)
        self._parts.changes.touch()

    async def delete(self, user: str, channel: str, ts: str) -> None:
        """Somebody, an admin where it is not their own, deletes a message."""
        message = self._message(channel, ts)
        before = self._parts.stage.json(message)
        self._parts.workspace.remove(message)
        self._parts.stage.announcer.deleted(before, message)
        self._parts.changes.touch()

    async def react(
        self, user: str, channel: str, ts: str, name: str, *, remove: bool = False
    ) -> None:
        """Somebody reacts to a message, or takes the reaction back."""
        message = self._message(channel, ts)
        if remove:
            unreact(message, user, name)
        else:
            message.reactions.setdefault(name, []).append(user)
        self._parts.stage.announcer.reacted(message, user, name, added=not remove)
        self._parts.changes.touch()

    async def click(self, user: str, channel: str, ts: str, wanted: str) -> Interaction:
        """Somebody clicks what has this value, action id or label in a message."""
        message = self._message(channel, ts)
        assert message.only_for in (None, user), f"only {message.only_for} can see {ts}"
        block, element = find_element(message.blocks, wanted)
        payload = block_actions(self._parts.stage, self._user(user), message, block, element)
        return await self._interact("interactive", payload)

    async def click_old(
        self, user: str, channel: str, ts: str, element: Json, *, block: str = "old"
    ) -> Interaction:
        """Somebody clicks what their client still shows though the message has changed."""
        message = self._message(channel, ts)
        payload = block_actions(self._parts.stage, self._user(user), message, block, element)
        return await self._interact("interactive", payload)

    async def click_view(self, user: str, view_id: str, wanted: str) -> Interaction:
        """Somebody clicks in a modal or in their App Home."""
        view = self._view(user, view_id)
        block, element = find_element(view.body["blocks"], wanted)
        payload = block_actions(self._parts.stage, self._user(user), view, block, element)
        return await self._interact("interactive", payload)

    async def submit(
        self, user: str, view_id: str, values: Mapping[str, object] | None = None
    ) -> Interaction:
        """Somebody submits a modal; `values` by block or action id, options by value or label.

        Without errors in the answer the modal closes, or does what the answer says.
        """
        view = self._view(user, view_id)
        state = form_values(view, values or {})
        payload = view_submission(self._parts.stage, self._user(user), view, state)
        done = await self._interact("interactive", payload)
        if done.acked:
            self._submitted(view, done.response)
            self._parts.changes.touch()
        return done

    async def close_view(self, user: str, view_id: str) -> None:
        """Somebody closes a modal; the app is told if it wants to be."""
        view = self._view(user, view_id)
        del self._parts.workspace.modals[view.id]
        if view.body.get("notify_on_close"):
            payload = view_closed(self._parts.stage, self._user(user), view)
            await self._interact("interactive", payload)
        self._parts.changes.touch()

    async def command(self, user: str, channel: str, command: str, text: str = "") -> Interaction:
        """Somebody types a command. Slack has none inside threads."""
        place = self._parts.workspace.channels[channel]
        stage = self._parts.stage
        payload = slash_command(stage, self._user(user), place, command, text)
        done = await self._interact("slash_commands", payload)
        if done.response:
            url = ResponseUrl(user=user, channel=channel, message=None, issued=0.0)
            respond(self._parts.stage, url, Arguments(done.response))
            self._parts.changes.touch()
        return done

    async def shortcut(
        self, user: str, callback_id: str, *, channel: str = "", ts: str | None = None
    ) -> Interaction:
        """Somebody chooses a shortcut: of the message `ts` in `channel`, or a general one."""
        message = None if ts is None else self._message(channel, ts)
        payload = shortcut(self._parts.stage, self._user(user), callback_id, message)
        return await self._interact("interactive", payload)

    async def open_home(self, user: str, *, tab: str = "home") -> None:
        """Somebody opens the app's Home, or its `messages` tab."""
        channel = self._parts.workspace.direct(user)
        event: Json = {"type": "app_home_opened", "user": user, "channel": channel.id, "tab": tab}
        home = self._parts.workspace.homes.get(user)
        if home is not None and tab == "home":
            event["view"] = {"id": home.id, "type": "home", "hash": home.hash}
        self._parts.stage.announcer.event(event)
        self._parts.changes.touch()

    async def _interact(self, kind: DeliveryKind, payload: Json) -> Interaction:
        ack = await self._parts.courier.interaction(kind, payload)
        if ack is None:
            return Interaction(payload=payload)
        response = ack.payload or {}
        return Interaction(payload=payload, acked=True, seconds=ack.seconds, response=response)

    def _submitted(self, view: View, response: Json) -> None:
        workspace, stage = self._parts.workspace, self._parts.stage
        action = response.get("response_action")
        if action == "errors":
            view.errors = dict(response["errors"])
            known = {block["block_id"] for block in view.body["blocks"]}
            assert known.issuperset(view.errors), f"no such blocks: {set(view.errors) - known}"
        elif action == "update":
            replace(stage, view, checked_view(stage, response["view"], "modal"))
        elif action == "push":
            push_modal(stage, view.user, checked_view(stage, response["view"], "modal"))
        elif action == "clear":
            for open_one in workspace.modals_of(view.user):
                del workspace.modals[open_one.id]
        else:
            workspace.modals.pop(view.id, None)

    def _user(self, user: str) -> User:
        return self._parts.workspace.users[user]

    def _message(self, channel: str, ts: str) -> Message:
        message = self._parts.workspace.find(channel, ts)
        assert message is not None, f"there is no message {ts} in {channel}"
        return message

    def _view(self, user: str, view_id: str) -> View:
        for view in self._parts.workspace.views():
            if (view.id, view.user) == (view_id, user):
                return view
        raise AssertionError(f"{user} has no view {view_id} open")
