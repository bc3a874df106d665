from __future__ import annotations

from collections import Counter

from liteagent.agents.env import Agents
from liteagent.agents.spec import AgentSpec, Placement
from liteagent.cluster.placement import Placer, Pool, choose, pool_of, seat_in

SHARED = Pool(name="shared", hosts=2)
ENTITIES = [f"session/{number}" for number in range(3000)]


def agent(name: str, **placement: object) -> AgentSpec:
    return AgentSpec(name=name, model=("demo/demo",), placement=Placement(**placement))


def test_an_entity_is_seated_on_the_same_host_whatever_the_order_of_the_hosts() -> None:
    hosts = [f"shared/{number}" for number in range(7)]

    seats = {entity: choose(entity, hosts) for entity in ENTITIES}

    assert seats == {entity: choose(entity, hosts[::-1]) for entity in ENTITIES}


def test_hosts_get_about_equal_shares() -> None:
    shares = Counter(choose(entity, ["a", "b", "c"]) for entity in ENTITIES)

    assert all(800 < share < 1200 for share in shares.values())


def test_when_a_host_comes_only_its_own_entities_move() -> None:
    before = {entity: choose(entity, ["a", "b"]) for entity in ENTITIES}
    after = {entity: choose(entity, ["a", "b", "c"]) for entity in ENTITIES}

    moved = {entity for entity in ENTITIES if before[entity] != after[entity]}

    assert moved == {entity for entity in ENTITIES if after[entity] == "c"}
    assert 800 < len(moved) < 1200


def test_an_agent_that_asks_for_nothing_special_shares_the_shared_pool() -> None:
    assert pool_of(agent("ops"), SHARED) is SHARED


def test_an_agent_that_asks_for_a_gpu_gets_a_pool_of_its_own() -> None:
    pool = pool_of(agent("painter", num_gpus=0.5, hosts=2), SHARED)

    assert pool == Pool(name="agent/painter", hosts=2, num_gpus=0.5)
    assert pool.host_names == ("agent/painter/0", "agent/painter/1")


def test_a_dedicated_pool_has_a_host_for_each_entity_and_none_before() -> None:
    pool = pool_of(agent("coder", isolation="dedicated", num_cpus=1), SHARED)

    seats = {seat_in(pool, entity).host for entity in ENTITIES}

    assert pool.host_names == ()
    assert len(seats) == len(ENTITIES)
    assert all(seat.startswith("own/coder/") for seat in seats)


def test_what_belongs_to_no_agent_or_to_one_that_is_gone_is_seated_in_the_shared_pool() -> None:
    placer = Placer(Agents([agent("painter", num_gpus=1)]), 2)

    hosts = {placer.seat("execution/1", agent).host for agent in ("", "gone")}

    assert len(hosts) == 1
    assert hosts <= set(placer.shared.host_names)


def test_seats_follow_the_agents_configuration() -> None:
    uniform = Placer(Agents([agent("ops")]), 1)
    mixed = Placer(Agents([agent("ops"), agent("painter", num_gpus=1)]), 1)

    assert uniform.is_uniform
    assert not mixed.is_uniform
    assert [pool.name for pool in mixed.pools()] == ["shared", "agent/painter"]
    assert mixed.seat("session/1", "painter").host == "agent/painter/0"
    assert mixed.seat("session/1", "ops").host == "shared/0"
