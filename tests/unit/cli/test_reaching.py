"""Whose key goes where: what lies in a folder never goes to an address from elsewhere."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from api import operator_key
from api.address import published
from api.cli.faults import Failure
from api.cli.options import Reach
from api.cli.reaching import DEFAULT, Reached, reached
from api.stop import UNAVAILABLE, UNUSABLE

HERE, ELSEWHERE = "http://127.0.0.1:1", "http://192.0.2.1"
KEY = f"clr_operator_{'s' * 43}"
VARIABLES = ("URL", "DATA", "API_KEY", "API_KEY_FILE")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty folder, and no variables."""
    monkeypatch.chdir(tmp_path)
    for name in VARIABLES:
        monkeypatch.delenv(f"CLEARANCE_{name}", raising=False)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as made:
        yield made


def served(folder: str, stack: ExitStack) -> Path:
    """A folder on which a service runs, with the operator's key in it."""
    operator_key.keep(Path(folder), KEY)
    stack.enter_context(published(Path(folder), HERE))
    return Path(folder)


@pytest.mark.parametrize("folder", ["data", "data/demo"])
def test_the_key_of_a_usual_folder_goes_to_the_service_that_runs_on_it(
    folder: str, stack: ExitStack
) -> None:
    served(folder, stack)
    assert reached(Reach()) == Reached(HERE, KEY, f"{folder}/operator.key")


def test_the_key_of_a_folder_goes_to_the_service_that_runs_on_it(
    stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = served("mine", stack)
    expected = Reached(HERE, KEY, "mine/operator.key")
    assert reached(Reach(data_folder=folder)) == expected
    monkeypatch.setenv("CLEARANCE_DATA", "mine")
    assert reached(Reach()) == expected


def test_a_folder_named_with_an_address_has_the_key_for_it(
    stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = served("mine", stack)
    assert reached(Reach(url=ELSEWHERE, data_folder=folder)).key == KEY
    monkeypatch.setenv("CLEARANCE_DATA", "mine")
    monkeypatch.setenv("CLEARANCE_URL", ELSEWHERE)
    assert reached(Reach()) == Reached(ELSEWHERE, KEY, "mine/operator.key")


def test_an_address_from_elsewhere_gets_no_key_of_any_folder(
    stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    served("data", stack)
    assert reached(Reach(url=ELSEWHERE)) == Reached(ELSEWHERE)
    monkeypatch.setenv("CLEARANCE_DATA", "data")
    assert reached(Reach(url=ELSEWHERE)) == Reached(ELSEWHERE)
    monkeypatch.delenv("CLEARANCE_DATA")
    monkeypatch.setenv("CLEARANCE_URL", ELSEWHERE)
    assert reached(Reach()) == Reached(ELSEWHERE)


def test_a_guessed_address_gets_no_key() -> None:
    operator_key.keep(Path("data"), KEY)  # of a service that does not run
    assert reached(Reach()) == Reached(DEFAULT, guessed=True)


def test_a_key_that_is_named_counts_more_than_that_of_the_folder(
    stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    served("data", stack)
    Path("file").write_text("mine\n")
    assert reached(Reach(api_key_file="file")) == Reached(HERE, "mine", "file")
    monkeypatch.setenv("CLEARANCE_API_KEY_FILE", "file")
    assert reached(Reach()).key == "mine"
    monkeypatch.setenv("CLEARANCE_API_KEY", "other")
    assert reached(Reach()).key == "other"
    assert reached(Reach(api_key_file="file")).key == "mine"


def test_what_cannot_be_reached_is_told() -> None:
    with pytest.raises(Failure) as unreadable:
        reached(Reach(api_key_file="missing"))
    assert unreadable.value.code == UNUSABLE
    with pytest.raises(Failure) as idle:
        reached(Reach(data_folder=Path("nowhere")))
    assert idle.value.code == UNAVAILABLE


def test_a_holder_is_told_apart_without_the_secret() -> None:
    assert Reached(HERE).holder is None
    assert Reached(HERE, KEY).holder == "operator"
    token = Reached(HERE, "eyJ.a.b")
    assert token.holder != Reached(HERE, "eyJ.a.c").holder
    assert "eyJ" not in f"{token.holder}{token!r}"
