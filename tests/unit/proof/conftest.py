"""A log of applications that came to a licence, and what checks it."""

import pytest

from tests.logs import mixed, retold
from tests.unit.acting import Case, accepted, carry
from tests.unit.journeys import TO_LICENSED
from tests.unit.proof.checking import Files, log
from workflow.machine import Engine


@pytest.fixture(scope="session")
def lives(engine: Engine) -> list[list[bytes]]:
    """The trails of applications that came to a licence."""
    case = Case(engine)
    accepted(case.create(reference="EC-2026-001"))
    carry(case, *TO_LICENSED)
    return [retold(case.trail, f"application/a{one}") for one in range(25)]


@pytest.fixture(scope="session")
def entries(lives: list[list[bytes]]) -> list[bytes]:
    """All records, as a log has them: 300, more than a full tile."""
    return list(mixed(lives, 10))


@pytest.fixture(scope="session")
def files(entries: list[bytes]) -> Files:
    """The log as it was published."""
    return log(entries)
