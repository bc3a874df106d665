from __future__ import annotations

import psutil

from liteagent.cluster.ownership import RayOwnership, host_of, owner_name
from liteagent.events import Head
from liteagent.journal import HeadRow
from liteagent.kernel import ProcessOwnership

MINE = RayOwnership("cluster-a", "shared/0", "i2")


def row(owner: str, status: str = "running") -> HeadRow:
    return HeadRow(
        entity="session/1",
        seq=3,
        epoch=1,
        owner=owner,
        created_at=0.0,
        updated_at=0.0,
        head=Head(status=status),
    )


def test_the_host_stands_in_the_owners_name() -> None:
    assert host_of(owner_name("c", "agent/ops/0", "i")) == "agent/ops/0"
    assert host_of("machine/4711/99") is None


def test_what_an_older_incarnation_of_the_same_host_held_may_be_taken() -> None:
    assert MINE.may_take(row(owner_name("cluster-a", "shared/0", "i1")))


def test_work_under_way_on_another_host_is_left_there_until_that_host_is_declared_dead() -> None:
    mine = RayOwnership("cluster-a", "shared/0", "i2")
    theirs = owner_name("cluster-a", "shared/1", "i1")

    assert not mine.may_take(row(theirs))
    mine.declare_gone(theirs)
    assert mine.may_take(row(theirs))


def test_what_rests_may_be_taken_from_anybody() -> None:
    assert MINE.may_take(row(owner_name("cluster-a", "shared/1", "i1"), status="idle"))
    assert MINE.may_take(row(ProcessOwnership().name, status="waiting"))


def test_what_another_cluster_left_under_way_may_be_taken() -> None:
    assert MINE.may_take(row(owner_name("cluster-b", "shared/1", "i9")))


def test_a_process_of_this_machine_keeps_its_work_while_it_lives() -> None:
    machine = ProcessOwnership().name.partition("/")[0]
    first = psutil.Process(1)
    alive = f"{machine}/1/{int(first.create_time() * 100)}"
    dead = f"{machine}/1/1"

    assert not MINE.may_take(row(alive))
    assert MINE.may_take(row(dead))
