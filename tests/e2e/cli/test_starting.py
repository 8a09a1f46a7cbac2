"""How the command starts from nothing; elsewhere it has been imported before (`warm`)."""

import os
import subprocess
import sys

import pytest

from tests.e2e.commands import CLEARANCE


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("api.cli", {"httpx", "fastapi", "pydantic", "redis"}),  # help and serve
        ("api.cli.session", {"fastapi", "redis", "transitions"}),  # all that asks a service
    ],
)
def test_no_command_waits_for_what_it_does_not_need(module: str, heavy: set[str]) -> None:
    code = f"import sys, {module}; print(*sorted(set({sorted(heavy)}) & {{*sys.modules}}))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout == "\n"


FIRST = """
import os, sys
from importlib import import_module
from pkgutil import iter_modules
import api.cli, httpx, pydantic, typer.rich_utils
own = {module.name for module in iter_modules(api.cli.__path__, "api.cli.")}
for name in sorted({*own, "api.client", "api.serve", "api.work"} - sys.modules.keys()):
    child = os.fork()
    if not child:
        import_module(name)
        os._exit(0)
    print(name, os.waitpid(child, 0)[1])
"""
"""Imports what a command imports when it runs, each as the first that is imported so."""


def test_what_is_imported_late_needs_nothing_that_was_imported_before() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIRST], capture_output=True, text=True, check=True, env=os.environ
    )
    ended = dict(line.split() for line in done.stdout.splitlines())
    assert {"api.cli.session", "api.cli.importing", "api.client", "api.serve"} <= ended.keys()
    assert set(ended.values()) == {"0"}, done.stderr


def test_every_command_has_its_help() -> None:
    listed = subprocess.run(
        [CLEARANCE, "--help"], capture_output=True, text=True, check=True
    ).stdout
    commands = "apply post status list trail allowed buyers pools keys procedure import"
    for command in (*commands.split(), "export", "verify", "serve", "demo"):
        assert f" {command} " in listed
        shown = subprocess.run([CLEARANCE, command, "--help"], capture_output=True, check=False)
        assert shown.returncode == 0
