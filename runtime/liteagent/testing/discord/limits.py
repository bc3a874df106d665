"""Rate limits, by route and channel and overall, counted by the clock."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2s
from math import ceil

from liteagent.clock import Clock
from liteagent.testing.discord.errors import ApiError, Refusal
from liteagent.testing.discord.rest.call import Call
from liteagent.testing.discord.windows import OldEdits, Window

RATE_LIMITED = Refusal(429, 0, "You are being rate limited.")
VIA = "1.1 google"
"""What a 429 of Discord itself carries; clients take one without it for a ban by Cloudflare."""

MAJOR = ("channel_id", "guild_id", "interaction_id", "token")
"""The parts of a path that have a bucket each."""


UNSET = (1_000_000, 1.0)
"""So generous that no test meets it, also while its clock stands still."""


class Limits:
    """The limits that hold: practically none, until a test sets one.

    With a clock that a test moves, a bucket fills again only when the test moves it.
    """

    def __init__(self, clock: Clock, old_edits: OldEdits) -> None:
        self._clock = clock
        self._old_edits = old_edits
        self._set: dict[tuple[str, str], tuple[int, float]] = {}
        self._windows: dict[tuple[str, ...], Window] = {}
        self._overall: Window | None = None

    def set(self, method: str, route: str, *, number: int, per: float) -> None:
        """Allow `number` calls in `per` seconds to each channel of a route, as
        `limits.set("POST", "/channels/{channel_id}/messages", number=5, per=5)`.
        """
        self._set[method, route] = (number, per)
        self._windows.clear()

    def set_overall(self, number: int, per: float = 1.0) -> None:
        """Allow `number` calls in `per` seconds over all routes."""
        self._overall = Window(number, per)

    def set_old_edits(self, number: int, per: float) -> None:
        """Allow so many edits, in `per` seconds in each channel, of messages older than an hour."""
        self._old_edits.set(number, per)

    def like_discord(self) -> None:
        """The limits that are seen at Discord: five messages and five edits in five seconds, a
        reaction in a quarter of one, 50 calls a second, three edits of old messages in twenty.
        """
        messages = "/channels/{channel_id}/messages"
        self.set("POST", messages, number=5, per=5)
        self.set("PATCH", f"{messages}/{{message_id}}", number=5, per=5)
        reaction = f"{messages}/{{message_id}}/reactions/{{emoji}}/@me"
        self.set("PUT", reaction, number=1, per=0.25)
        self.set_overall(50)
        self.set_old_edits(3, per=20)

    def count(self, call: Call) -> Mapping[str, str]:
        """Count a call; its X-RateLimit headers, or the refusal."""
        now = self._clock.now()
        self._count_overall(call, now)
        window = self._window(call)
        wait = window.take(now)
        headers = {
            "X-RateLimit-Limit": str(window.number),
            "X-RateLimit-Remaining": str(window.number - window.used),
            "X-RateLimit-Reset": f"{window.began + window.per:.3f}",
            "X-RateLimit-Reset-After": f"{window.resets_after(now):.3f}",
            "X-RateLimit-Bucket": _bucket(call),
        }
        if wait is not None:
            raise RateLimitedError(wait, scope="user", headers=headers)
        return headers

    def _count_overall(self, call: Call, now: float) -> None:
        if self._overall is None or call.route.startswith(("/interactions", "/webhooks")):
            return
        wait = self._overall.take(now)
        if wait is not None:
            raise RateLimitedError(wait, scope="global", headers={})

    def _window(self, call: Call) -> Window:
        key = (call.method, call.route, *(call.params.get(name, "") for name in MAJOR))
        if key not in self._windows:
            number, per = self._set.get((call.method, call.route), UNSET)
            self._windows[key] = Window(number, per)
        return self._windows[key]


class RateLimitedError(ApiError):
    """Too many calls: `retry_after` in seconds, and whose limit it is (user, shared, global)."""

    def __init__(
        self, retry_after: float, *, scope: str, headers: Mapping[str, str], via: bool = True
    ) -> None:
        everywhere = scope == "global"
        super().__init__(RATE_LIMITED, retry_after=retry_after)
        self.body["global"] = everywhere
        self.headers = {
            **headers,
            "Retry-After": str(ceil(retry_after)),  # the body is exact
            "X-RateLimit-Scope": scope,
            **({"X-RateLimit-Global": "true"} if everywhere else {}),
            **({"Via": VIA} if via else {}),
        }


def _bucket(call: Call) -> str:
    return blake2s(f"{call.method} {call.route}".encode(), digest_size=8).hexdigest()
