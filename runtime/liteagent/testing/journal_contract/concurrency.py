"""Many writers at once."""

from __future__ import annotations

import asyncio
from collections import Counter

from liteagent.errors import ConflictError, DuplicateKeyError, SequenceConflictError
from liteagent.journal import Journal
from liteagent.testing.journal_contract.base import ENTITY, JournalSuite, Writer, happened


class ConcurrencyContract(JournalSuite):
    """Nothing is lost and nobody wins twice."""

    async def test_a_hundred_entities_written_at_once_lose_nothing_and_keep_their_order(
        self, journal: Journal
    ) -> None:
        async def live(number: int) -> None:
            writer = await Writer.claim(journal, f"session/{number}")
            for turn in range(10):
                await writer.append(
                    happened("a", f"turn:{turn}", turn=turn, part=0),
                    happened("b", turn=turn, part=1),
                )

        await asyncio.gather(*(live(number) for number in range(100)))
        for number in range(100):
            events = await journal.read(f"session/{number}")
            assert [event.seq for event in events] == list(range(1, 21))
            assert [(event.data["turn"], event.data["part"]) for event in events] == [
                (turn, part) for turn in range(10) for part in range(2)
            ]

    async def test_of_writers_racing_for_the_same_seq_exactly_one_wins(
        self, journal: Journal
    ) -> None:
        owner = await Writer.claim(journal)
        for seq in range(5):
            racers = [Writer(journal, ENTITY, owner.epoch, seq) for _ in range(8)]
            outcomes = await asyncio.gather(
                *(racer.append(happened(racer=n)) for n, racer in enumerate(racers)),
                return_exceptions=True,
            )
            lost = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
            assert [type(error) for error in lost] == [SequenceConflictError] * 7
            (winner,) = [n for n, outcome in enumerate(outcomes) if outcome not in lost]
            assert (await journal.read(ENTITY, after=seq))[0].data == {"racer": winner}
        assert len(await journal.read(ENTITY)) == 5

    async def test_claims_at_once_each_get_an_epoch_of_their_own(self, journal: Journal) -> None:
        rows = await asyncio.gather(
            *(journal.claim(ENTITY, f"host-{n}", float(n)) for n in range(20))
        )
        first = min(row.epoch for row in rows)
        assert sorted(row.epoch for row in rows) == list(range(first, first + 20))
        head = await journal.head(ENTITY)
        assert head == max(rows, key=lambda row: row.epoch)

    async def test_one_refused_append_does_not_fail_those_beside_it(self, journal: Journal) -> None:
        writers = [await Writer.claim(journal, f"session/{n}") for n in range(20)]
        await asyncio.gather(*(writer.append(happened("a", "idem:1")) for writer in writers))
        outcomes = await asyncio.gather(
            *(
                writer.append(happened("b", "idem:1" if n % 2 else "idem:2"))
                for n, writer in enumerate(writers)
            ),
            return_exceptions=True,
        )
        assert [isinstance(outcome, DuplicateKeyError) for outcome in outcomes] == [
            bool(n % 2) for n in range(20)
        ]
        lengths = Counter([len(await journal.read(writer.entity)) for writer in writers])
        assert lengths == {1: 10, 2: 10}

    async def test_of_records_put_at_once_at_the_same_version_exactly_one_is_stored(
        self, journal: Journal
    ) -> None:
        outcomes = await asyncio.gather(
            *(journal.put_record("keys", "k", {"n": n}, expected=0) for n in range(10)),
            return_exceptions=True,
        )
        stored = [outcome for outcome in outcomes if not isinstance(outcome, ConflictError)]
        assert stored == [await journal.get_record("keys", "k")]
