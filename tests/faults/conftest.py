"""One running service for the tests that break nothing but the peace."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.processes import Service, serving


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service on a folder of its own, shared by a module."""
    folder = tmp_path_factory.mktemp("service")
    with serving(folder / "log", "--data", folder / "data") as running:
        yield running
        assert not running.ended
        assert "Traceback" not in running.said()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder that does not exist yet."""
    return tmp_path / "data"
