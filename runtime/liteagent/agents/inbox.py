"""The approval inbox: every open question to a person, and the way to answer it, over any
`Runtime`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from liteagent.agents.session import SESSION
from liteagent.approvals import (
    ApprovalExpiredError,
    ApprovalTakenError,
    Verb,
    decided_key,
    requested_key,
)
from liteagent.errors import ApprovalNotFoundError, ValidationError
from liteagent.events import Event, Json
from liteagent.ids import split_entity
from liteagent.journal import HeadQuery
from liteagent.kernel import Runtime
from liteagent.principal import Principal

STATUS_OF = {
    "approve": "approved",
    "edit": "approved",
    "reject": "rejected",
    "respond": "responded",
    "cancel": "cancelled",
}


class ApprovalInbox:
    """Questions to people, wherever they were raised."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime

    async def pending(
        self, *, tenant: str | None = None, agent: str | None = None
    ) -> list[Mapping[str, Json]]:
        """Every open request, oldest first."""
        found = [item async for item in self._pending(tenant, agent)]
        return sorted(found, key=lambda item: item["requested_at"])

    async def _pending(
        self, tenant: str | None, agent: str | None
    ) -> AsyncIterator[Mapping[str, Json]]:
        cursor: str | None = None
        while True:
            page = await self.runtime.journal.heads(
                HeadQuery(
                    kind=SESSION,
                    tenant=tenant,
                    agent=agent,
                    with_pending=True,
                    limit=1000,
                    cursor=cursor,
                )
            )
            for row in page.items:
                session_id = split_entity(row.entity)[1]
                for item in row.head.pending:
                    yield {**item, "session_id": session_id, "agent": row.head.agent}
            cursor = page.next
            if cursor is None:
                return

    async def get(self, approval_id: str) -> Mapping[str, Json]:
        """One request, open or settled, with what became of it so far: `asked_args` are the
        arguments as the model gave them, `ballots` every decision, `{decision, by, ts, digest,
        final, args?, reason?, content?}`. Raises `ApprovalNotFoundError`.
        """
        entity, requested = await self._requested(approval_id)
        row = await self.runtime.journal.head(entity)
        pending = row.head.pending if row is not None else ()
        found = next((item for item in pending if item["id"] == approval_id), None)
        settled = None if found is not None else await self._settled(entity, approval_id)
        ballots = await self._ballots(entity, requested, settled)
        return {
            **(found or {**_from_request(requested), **_outcome(settled), **_final_args(ballots)}),
            "session_id": split_entity(entity)[1],
            "agent": row.head.agent if row is not None else "",
            "asked_args": requested.data["args"],
            "ballots": ballots,
        }

    async def _ballots(
        self, entity: str, requested: Event, settled: Event | None
    ) -> list[Mapping[str, Json]]:
        if requested.data["policy"].get("quorum", 1) == 1:
            decided = [] if settled is None else [settled]
        else:
            decided = [event async for event in self._between(entity, requested, settled)]
        approval_id = requested.data["approval_id"]
        return [
            _ballot(event)
            for event in decided
            if event.type == "approval.decided"
            and event.data["approval_id"] == approval_id
            and event.data["decision"] != "cancel"
        ]

    async def _between(
        self, entity: str, requested: Event, settled: Event | None
    ) -> AsyncIterator[Event]:
        after = requested.seq
        while page := await self.runtime.journal.read(entity, after=after):
            for event in page:
                yield event
                if settled is not None and event.seq == settled.seq:
                    return
            after = page[-1].seq

    async def decide(
        self,
        approval_id: str,
        decision: str,
        *,
        principal: Principal,
        args: Any = None,
        reason: str = "",
        content: str = "",
        digest: str | None = None,
        key: str | None = None,
    ) -> Mapping[str, Json]:
        """Decide a request. The first valid decision wins. `digest` is that of the arguments which
        the person was shown; where the surface says, consent to others does not count. The same
        `key` again gives the same answer and decides nothing.

        Raises `ApprovalNotFoundError`, `NotAnApproverError`, `ApprovalTakenError` (with the first
        decision), `ApprovalChangedError`, `ApprovalExpiredError`, `ValidationError`.
        """
        if decision not in Verb.__members__.values():
            raise ValidationError(
                f"No decision {decision!r}: approve, edit, reject or respond.", field="decision"
            )
        entity, _ = await self._requested(approval_id)
        command: dict[str, Json] = {
            "type": "decide",
            "approval_id": approval_id,
            "decision": decision,
            "principal": principal.to_json(),
            "args": args,
            "reason": reason,
            "content": content,
            "digest": digest,
        }
        if key is not None:
            command["key"] = f"decision:{key}"
        try:
            return await self.runtime.ask(entity, command)
        except (ApprovalNotFoundError, ApprovalTakenError):
            await self._raise_settled(entity, approval_id)
            raise

    async def _requested(self, approval_id: str) -> tuple[str, Event]:
        found = await self.runtime.journal.locate(requested_key(approval_id))
        if found is None:
            raise ApprovalNotFoundError(approval_id)
        entity, seq = found
        return entity, (await self.runtime.journal.read(entity, after=seq - 1, limit=1))[0]

    async def _settled(self, entity: str, approval_id: str) -> Event | None:
        found = await self.runtime.journal.locate(decided_key(approval_id), entity=entity)
        if found is None:
            return None
        return (await self.runtime.journal.read(entity, after=found[1] - 1, limit=1))[0]

    async def _raise_settled(self, entity: str, approval_id: str) -> None:
        settled = await self._settled(entity, approval_id)
        if settled is None:
            return
        if settled.type == "approval.expired":
            raise ApprovalExpiredError(approval_id)
        raise ApprovalTakenError(
            approval_id,
            {
                "decision": settled.data["decision"],
                "by": settled.data["by"],
                "ts": settled.ts,
                "reason": settled.data.get("reason", ""),
            },
        )


def _from_request(event: Event) -> dict[str, Json]:
    data = event.data
    names = ("kind", "turn_id", "call_id", "tool", "args", "digest", "requester", "note")
    policy = data["policy"]
    return {
        "id": data["approval_id"],
        **{name: data[name] for name in names},
        "approvers": policy.get("approvers"),
        "quorum": policy.get("quorum", 1),
        "requester_may_approve": policy.get("requester_may_approve", True),
        "requested_at": event.ts,
        "expires_at": data["expires_at"],
        "on_expiry": policy.get("on_expiry", "wait"),
    }


def _ballot(event: Event) -> dict[str, Json]:
    names = ("decision", "by", "digest", "final", "args", "reason", "content")
    return {"ts": event.ts, **{name: event.data[name] for name in names if name in event.data}}


def _outcome(settled: Event | None) -> dict[str, Json]:
    if settled is None:
        return {"status": "cancelled"}
    if settled.type == "approval.expired":
        return {"status": "expired", "settled_at": settled.ts, "reason": settled.data["reason"]}
    return {
        "status": STATUS_OF[settled.data["decision"]],
        "decision": settled.data["decision"],
        "by": settled.data["by"],
        "settled_at": settled.ts,
        "reason": settled.data.get("reason", ""),
    }


def _final_args(ballots: Sequence[Mapping[str, Json]]) -> dict[str, Json]:
    """The arguments as the last edit left them, and their digest."""
    last = next((ballot for ballot in reversed(ballots) if "args" in ballot), None)
    return {} if last is None else {"args": last["args"], "digest": last["digest"]}
