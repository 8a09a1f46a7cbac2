"""docs/client.md: its examples run as they stand there, and it names what there is."""

import inspect
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api import client as package
from api.client import Client
from tests.e2e.commands import running

PAGE = (Path(__file__).parents[3] / "docs" / "client.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a reader types everything."""
    made = tmp_path_factory.mktemp("documents")
    (made / ".venv").symlink_to(sys.prefix)
    return made


@pytest.fixture(scope="module")
def empty(folder: Path) -> Iterator[str]:
    """The address of an empty service that was started there."""
    with running("serve", "--data", folder / "data") as service:
        yield service.url


@pytest.fixture(scope="module")
def typed(empty: str, folder: Path) -> str:
    """What the shell examples print."""
    assert empty
    done = subprocess.run(
        ["/bin/bash", "-eu", "-o", "pipefail", "-c", "\n".join(blocks("bash"))],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        env={"PATH": os.defpath, "HOME": str(folder), "LANG": "C.UTF-8"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_shell_examples_run(typed: str, folder: Path) -> None:
    for words in (
        "Recorded as 2: grant_in_principle",
        "Recorded as 4: note",
        "exit status 3",
        "原则同意 (in_principle)",
        "OK: 4 records",
        "They do not differ.",
        "2 lines: 2 recorded, 0 recorded before",
        "2 lines: 0 recorded, 2 recorded before",
    ):
        assert words in typed, (words, typed)
    assert (folder / "procedure.svg").stat().st_size > 1000


def test_the_python_examples_run(empty: str, typed: str, folder: Path) -> None:
    """With the key that the first of the shell examples made."""
    assert typed
    code = "\n".join(blocks("python")).replace("http://127.0.0.1:8000", empty)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert done.stdout.startswith(
        "2 in_principle\nnothing new\n1 create reported\n2 grant_in_principle reported\n"
    )
    assert "2 records, verified\nTrue\n" in done.stdout


def test_every_method_and_fault_is_named() -> None:
    methods = [name for name, _ in inspect.getmembers(Client, inspect.isfunction)]
    faults = [
        name
        for name in package.__all__
        if inspect.isclass(kind := getattr(package, name)) and issubclass(kind, Exception)
    ]
    for name in (*methods, *faults):
        assert name.startswith("_") or name == "close" or f"`{name}" in PAGE, name
