"""What can go wrong on the way from Slack to the app."""

from __future__ import annotations

from random import Random

from liteagent.testing.slack.delivery import Delivery


class DeliveryFaults:
    """Events delivered twice, again after they were acknowledged, or out of order."""

    def __init__(self) -> None:
        self._twice = 0
        self._lost_acks = 0
        self._kept: list[Delivery] = []
        self._to_keep = 0
        self._shuffle: Random | None = None

    def duplicate(self, times: int = 1) -> None:
        """The next events arrive twice at once, with the same event id."""
        self._twice += times

    def lose_acks(self, times: int = 1) -> None:
        """Slack does not see the next acknowledgements of events: they are delivered again."""
        self._lost_acks += times

    def reorder(self, number: int, *, seed: int | None = None) -> None:
        """Keep the next events until there are `number`; then deliver them, the last one first,
        or shuffled by `seed`.
        """
        self._to_keep = number
        self._shuffle = None if seed is None else Random(seed)

    def order(self, delivery: Delivery) -> list[Delivery]:
        """What to deliver now that this one has come."""
        if not self._to_keep:
            return [delivery]
        self._kept.append(delivery)
        if len(self._kept) < self._to_keep:
            return []
        released, self._kept, self._to_keep = self._kept[::-1], [], 0
        if self._shuffle is not None:
            self._shuffle.shuffle(released)
        return released

    def duplicates(self, delivery: Delivery) -> bool:
        """Whether this one is to arrive twice."""
        if delivery.kind != "events_api" or not self._twice:
            return False
        self._twice -= 1
        return True

    def loses_ack(self, delivery: Delivery) -> bool:
        """Whether this acknowledgement is lost."""
        if delivery.kind != "events_api" or not self._lost_acks:
            return False
        self._lost_acks -= 1
        return True
