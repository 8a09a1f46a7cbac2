"""The documents name what there is: files, commands, targets, tests, settings, exit codes."""

import ast
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from api import stop
from api.cli import app
from api.settings import PREFIX, Access, Bounds, Observing, Provider, Settings
from api.settings.log import Log
from tests.faults import test_linearizable, test_lost_replies, test_power_loss, test_races

ROOT = Path(__file__).parents[2]
FOLDERS = (".ci", "api", "docker", "docs", "tests", "workflow")
FILES = [
    path
    for folder in (ROOT.glob("*"), *((ROOT / name).rglob("*") for name in FOLDERS))
    for path in folder
    if path.is_file() and path.suffix != ".pyc"
]
DOCUMENTS = sorted(path for path in FILES if path.suffix == ".md")
NAMES = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in DOCUMENTS}
EVERY = pytest.mark.parametrize("name", NAMES)
"""Of all documents, the decision records included."""

FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
SHELL = re.compile(r"^```(?:bash|console)\n(.*?)^```", re.DOTALL | re.MULTILINE)
INDENTED = re.compile(r"^    (\S.*)$", re.MULTILINE)
SPAN = re.compile(r"`([^`]+)`")
PATH = re.compile(r"[\w.-]*[\w-]/[\w./-]*|[\w-]+\.(?:py|md|lua|lock|toml|yaml|json|sh|yml|conf)")
WRITTEN = {
    "substance_permit.yaml",
    "receiver.py",
    "data/demo",
    "data/demo/keys",
    "keys/",
    "backup.json",
    "beside.jsonl",
    "NNNN-what-is-decided.md",
}
"""What a reader makes, and what is within a backup."""

CLEARANCE: Any = get_command(app)


def spans(name: str) -> list[str]:
    """What stands between backticks in the prose."""
    return [" ".join(one.split()) for one in SPAN.findall(FENCED.sub("", NAMES[name]))]


def commands(name: str) -> Iterator[str]:
    """Everything in a document that could be typed into a shell."""
    yield from spans(name)
    for block in SHELL.findall(NAMES[name]):
        yield from block.replace("\\\n", " ").splitlines()
    yield from INDENTED.findall(FENCED.sub("", NAMES[name]))


def headings(path: Path) -> set[str]:
    """What a link into a document may name, as a forge makes it of the headings."""
    lines = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-") for line in lines}


@EVERY
def test_every_link_leads_somewhere(name: str) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", NAMES[name]):
        if re.match(r"https?://", link):
            continue
        place, _, heading = link.partition("#")
        path = (ROOT / name).parent / place if place else ROOT / name
        assert path.exists(), link
        assert not heading or heading in headings(path), link


@EVERY
def test_every_file_that_is_named_is_there(name: str) -> None:
    """By its path from the root, or by the end of it where that is enough; or make writes it."""
    made = (ROOT / "Makefile").read_text(encoding="utf-8")
    places = {f"/{path.relative_to(ROOT)}" for path in FILES}
    places |= {str(parent) + "/" for place in places for parent in Path(place).parents}
    for span in spans(name):
        if span.startswith(".venv/bin/") and " " not in span:
            assert Path(sys.prefix, span.removeprefix(".venv/")).exists(), span
        elif PATH.fullmatch(span) and span not in WRITTEN:
            ending = "/" + span.removeprefix("/")
            assert span in made or any(place.endswith(ending) for place in places), span


def dry(command: str) -> None:
    """Make itself says what it would run, with the variables as they are given."""
    plain = command.partition("#")[0].partition("  ")[0]
    told = subprocess.run(
        ["make", "--dry-run", "--old-file=.venv/.installed", *shlex.split(plain)[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, (command, told.stderr)
    for variable in re.findall(r"\b([A-Z]+)=", plain):
        assert re.search(rf"\b{variable}\b", (ROOT / "Makefile").read_text()), command


@EVERY
def test_every_target_of_make_is_in_the_makefile(name: str) -> None:
    for command in {one for one in commands(name) if re.match(r"make( |$)", one)}:
        dry(command)


def test_every_target_of_make_that_is_named_elsewhere_is_in_the_makefile() -> None:
    named = set[str]()
    for path in FILES:
        text = path.read_text(encoding="utf-8", errors="replace")
        if path.suffix == ".py":
            named |= set(re.findall(r"`(make [\w= -]+)`", text))
        elif path.parent.name in ("docker", ".ci"):
            named |= set(re.findall(r"^[# ]*(make .+)", text, re.MULTILINE))
    assert {"make test", "make lock", "make bench"} <= named
    for command in named:
        dry(command)


def names_of_tests(path: str) -> str:
    """The names of the tests of a file, or of the files of a folder, a line each."""
    found = [ROOT / path] if path.endswith(".py") else [*(ROOT / path).rglob("test_*.py")]
    assert found, path
    trees = [ast.parse(one.read_text(encoding="utf-8")) for one in found]
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return "\n".join(
        node.name for tree in trees for node in ast.walk(tree) if isinstance(node, functions)
    )


@EVERY
def test_every_test_that_is_named_is_there(name: str) -> None:
    for command in commands(name):
        if "pytest" not in (words := shlex.split(command) if "pytest " in command else ()):
            continue
        paths = [word for word in words if word.startswith("tests/")]
        assert paths, command
        names = "\n".join(map(names_of_tests, paths))
        assert re.search(r"^test_", names, re.MULTILINE)
        if "-k" in words:
            assert re.search(rf"^test_\w*{words[words.index('-k') + 1]}", names, re.MULTILINE)


def options(command: Any) -> set[str]:
    """The options of a command."""
    return {name for one in command.params for name in (*one.opts, *one.secondary_opts)}


def checked(words: list[str]) -> None:
    """A command line of `clearance`: the command is there, and takes these options."""
    command: Any = CLEARANCE
    taken = {"--help"}
    while words and words[0] in getattr(command, "commands", {}):
        taken |= options(command)
        command = command.commands[words.pop(0)]
    assert command is not CLEARANCE or words[0].startswith("-"), words
    assert {word for word in words if word.startswith("--")} <= taken | options(command), words


@EVERY
def test_every_command_of_clearance_is_one(name: str) -> None:
    for command in commands(name):
        own = command.replace("docker compose exec clearance ", "")
        for line in re.findall(r"(?:^|[ (/])clearance ([a-z-][^|#)&;]*)", own):
            checked(re.sub(r"'[^']*'|\"[^\"]*\"", "WORD", line).split())


def test_the_readmes_name_every_command_and_no_other_option() -> None:
    taken = {"--help"} | options(CLEARANCE)
    for command in CLEARANCE.commands.values():
        taken |= options(command)
        for one in getattr(command, "commands", {}).values():
            taken |= options(one)
    for name in ("README.md", "README.zh-CN.md", "docs/client.md"):
        named = {word for span in spans(name) for word in span.split()}
        assert name == "docs/client.md" or CLEARANCE.commands.keys() <= named
        assert {word for word in named if word.startswith("--")} - {"--build", "--wait"} <= taken


@EVERY
def test_every_setting_is_one(name: str) -> None:
    kinds = {Settings: "", Access: "", Bounds: "", Log: "LOG_", Provider: "OIDC_", Observing: ""}
    known = {
        PREFIX + more + one.name.upper() for kind, more in kinds.items() for one in fields(kind)
    }
    assert set(re.findall(rf"\b{PREFIX}\w+", NAMES[name])) <= known


def test_the_table_of_exit_codes_is_whole() -> None:
    _, _, table = NAMES["docs/client.md"].partition("| exit status | |\n")
    told = set(map(int, re.findall(r"^\| (\d+) \|", table, re.MULTILINE)))
    assert told == {0, *(code for code in vars(stop).values() if isinstance(code, int))}


def test_every_word_of_the_life_of_an_application_is_in_the_code() -> None:
    sources = [path for path in FILES if path.suffix in (".py", ".lua", ".yaml")]
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for path in sources
        if path.relative_to(ROOT).parts[0] in ("api", "workflow")
    )
    plain = [
        span
        for span in spans("docs/life-of-an-application.md")
        if not PATH.fullmatch(span) and not span.startswith("clearance ")
    ]
    assert plain
    for span in plain:
        for word in span.split():
            assert word in code, span


def test_the_layers_are_drawn_as_they_are_enforced() -> None:
    (drawn,) = re.findall(r"^    (api  ->.*)$", NAMES["CONTRIBUTING.md"], re.MULTILINE)
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (layers,) = [one["layers"] for one in contracts["contracts"] if one.get("exhaustive")]
    rows = [set(re.findall(r"\w+", row)) for row in drawn.split("->")[1:]]
    assert len(rows) == len(layers)
    for row, layer in zip(rows, layers, strict=True):
        assert row <= set(re.findall(r"\w+", layer))


def test_the_campaign_has_the_numbers_that_are_told() -> None:
    text = NAMES["docs/faults.md"]
    (told,) = re.findall(r"`make faults ROUNDS=(\d+)` the campaign", text)
    rounds = int(told)
    for count, what in (
        (rounds, "kills"),
        (rounds * test_races.RACES, "races"),
        (rounds * test_power_loss.CUTS, "power cuts"),
        (rounds * test_lost_replies.LOST, "lost replies"),
        (rounds * test_linearizable.OPERATIONS, "operations"),
    ):
        assert f"{count:,} {what}" in text


def test_decision_records_are_numbered_without_a_gap() -> None:
    records = [path for path in DOCUMENTS if path.parent.name == "decisions"]
    for number, path in enumerate(records, 1):
        assert path.name.startswith(f"{number:04}-")
        assert path.read_text(encoding="utf-8").startswith(f"# {number}. ")
