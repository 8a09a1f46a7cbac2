"""The procedure that is shipped, and an application to carry through it."""

import pytest

from tests.unit.acting import Case, accepted
from workflow.machine import Engine
from workflow.procedures import load_packaged


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine of `h200-import`."""
    return Engine(load_packaged()["h200-import", 1])


@pytest.fixture
def case(engine: Engine) -> Case:
    """A submitted application, by its buyer's own statement."""
    begun = Case(engine)
    accepted(begun.create())
    return begun
