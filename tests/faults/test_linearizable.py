"""Each application is a register: what was acknowledged is seen by everybody from then on."""

import asyncio
import itertools
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tests.faults.acts import clearing, opened, post
from tests.faults.client import Client, clients
from tests.faults.processes import Server, outside, serving
from tests.faults.register import Operation, violations
from tests.faults.rounds import rounds
from workflow.store.embedded import binary

OPERATIONS = 512
"""Operations in a round, over all applications."""

CROWD = 32
APPLICATIONS = 4
READS = 0.5
"""Share of the operations that read."""

GOOD = [
    Operation(0, 3, 2, "b", writes=True),
    Operation(1, 2, 1, "a", writes=False),
    Operation(4, 9, 3, "c", writes=True),
    Operation(5, 6, 3, "c", writes=False),
    Operation(7, 8, 3, "c", writes=False),
]


def test_a_good_history_is_good() -> None:
    assert violations(GOOD) == []


@pytest.mark.parametrize(
    ("place", "changed"),
    [
        (3, {"version": 1, "head": "a"}),  # a read that shows what had been overwritten
        (4, {"version": 2, "head": "b"}),  # a read that goes back behind another
        (4, {"head": "d"}),  # two values of one version
        (2, {"version": 2, "head": "b"}),  # two writes of one version
        (2, {"version": 1, "head": "a"}),  # a write below what was seen
        (1, {"version": 3, "head": "c"}),  # a read of what nobody had begun to write
    ],
)
def test_a_violation_is_seen(place: int, changed: dict[str, object]) -> None:
    bad = [*GOOD]
    bad[place] = replace(bad[place], **changed)  # type: ignore[arg-type]
    assert violations(bad)


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int]]:
    """Two services on one server."""
    folder: Path = tmp_path_factory.mktemp("register")
    server: Server
    with (
        outside(str(binary()), folder / "server") as server,
        serving(folder / "one", "--redis", server.url, "--data", folder / "own") as one,
        serving(folder / "other", "--redis", server.url, "--data", folder / "own") as other,
    ):
        yield one.port, other.port
    shutil.rmtree(folder)


async def test_each_application_is_a_register(ports: tuple[int, int]) -> None:
    random, moments = Random(4), itertools.count()
    async with clients(CROWD, *ports) as crowd:
        for number in rounds(4):
            applications = [await opened(crowd[0], f"r{number}-{n}") for n in range(APPLICATIONS)]
            histories: dict[str, list[Operation]] = {name: [] for name in applications}
            left = iter(range(OPERATIONS))

            async def work(
                client: Client, histories: dict[str, list[Operation]], left: Iterator[int]
            ) -> None:
                for key in left:
                    name = random.choice(list(histories))
                    writes = random.random() >= READS
                    began = next(moments)
                    version, head = await operate(client, name, f"{key}", writes)
                    ended = next(moments)
                    histories[name].append(Operation(began, ended, version, head, writes))

            await asyncio.gather(*(work(client, histories, left) for client in crowd))
            assert sum(map(len, histories.values())) == OPERATIONS
            for history in histories.values():
                assert violations(history) == []
                written = sorted(each.version for each in history if each.writes)
                assert written == list(range(2, len(written) + 2))


async def operate(client: Client, application: str, key: str, writes: bool) -> tuple[int, str]:
    """The version and head that an event leads to, or that a poll shows."""
    if writes:
        answer = await post(client, application, clearing(f"r{key}"), key)
        assert answer.status == 201, answer
    else:
        answer = await client.ask("GET", f"/v1/applications/{application}")
        assert answer.status == 200, answer
    body = answer.json["application"] if writes else answer.json
    return body["version"], body["head"]
