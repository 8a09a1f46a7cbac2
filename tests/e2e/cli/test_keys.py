"""`clearance keys`: made, shown once, listed, given a new secret, revoked."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.e2e.cli.conftest import Command

KEY = re.compile(r"clr_[a-z0-9]{16}_[A-Za-z0-9_-]{43}")
LI = ("--name", "li", "--organisation", "miit", "--role", "officer", "--authority", "miit")
EVE = ("--name", "eve", "--organisation", "audit", "--role", "auditor")
ANN = ("--name", "ann", "--organisation", "press-desk", "--role", "recorder")


@pytest.fixture
def operator(clearance: Command, folder: Path) -> Command:
    """The command of whoever runs the service: the data folder is all they name."""
    plain = {n: v for n, v in clearance.environment.items() if not n.startswith("CLEARANCE_")}
    return replace(clearance, environment=plain | {"CLEARANCE_DATA": str(folder)})


def ids(operator: Command) -> list[str]:
    return [one["id"] for one in operator.json("keys", "list")["items"]]


def test_a_key_is_made_and_printed_alone(operator: Command) -> None:
    made = operator("keys", "create", *LI)
    assert KEY.fullmatch(made.stdout.strip())
    assert made.stdout.count("\n") == 1
    assert "It is shown this once:" in made.stderr
    assert made.stdout.strip() not in made.stderr
    found = operator.json("keys", "list", "--organisation", "miit")["items"][0]
    assert made.stdout.startswith(f"clr_{found['id']}_")
    assert (found["roles"], found["authorities"]) == (["officer"], ["miit"])
    listed = operator("keys", "list").stdout
    assert made.stdout.strip() not in listed
    for told in (found["id"], "li (miit)", "officer (miit)", "never"):
        assert told in listed
    assert "长期" in operator("keys", "list", "--lang", "zh").stdout


def test_a_program_gets_the_id_and_the_key_and_nothing_else(operator: Command) -> None:
    made = operator("keys", "create", *EVE, "--json")
    assert made.stderr == ""
    told = json.loads(made.stdout)
    assert told.keys() == {"id", "key"}
    assert operator.json("keys", "list", "--organisation", "audit")["items"][0]["id"] == told["id"]


def test_a_key_is_written_to_a_file_for_one_alone(operator: Command) -> None:
    file = operator.folder / "eve.key"
    made = operator("keys", "create", *EVE, "--out", "eve.key")
    assert (made.stdout, "shown this once" in made.stderr) == ("", False)
    assert KEY.fullmatch(file.read_text().strip())
    assert file.stat().st_mode & 0o777 == 0o600
    operator("buyers", "--api-key-file", "eve.key")
    again = operator("keys", "create", *EVE, "--out", "eve.key", code=2).stderr
    assert "eve.key is there already" in again
    old = file.read_text()
    told = operator.json("keys", "rotate", old.split("_")[1], "--out", "eve.key")
    assert told == {"id": old.split("_")[1], "file": "eve.key"}
    assert file.read_text() != old
    assert file.stat().st_mode & 0o777 == 0o600


def test_no_key_is_made_that_could_not_be_kept(operator: Command) -> None:
    before = ids(operator)
    operator("keys", "create", *EVE, "--out", "no/such/folder.key", code=2)
    operator("keys", "create", *EVE, "--authority", "miit", "--out", "eve.key", code=3)
    assert ids(operator) == before
    assert not list(operator.folder.iterdir())


def test_a_key_gets_a_new_secret_and_the_old_one_ends(operator: Command) -> None:
    made = operator.json("keys", "create", *ANN)
    new = operator("keys", "rotate", made["id"], "--overlap", "0")
    assert "the old one is good no more" in new.stderr
    assert new.stdout.startswith(f"clr_{made['id']}_")
    operator("list", "--api-key", new.stdout.strip())
    operator("list", "--api-key", made["key"], code=3)
    # Its holder may give it one as well, and the old one stays good for a day.
    own = operator("keys", "rotate", made["id"], "--api-key", new.stdout.strip()).stdout.strip()
    for key in (own, new.stdout.strip()):
        operator("list", "--api-key", key)


def test_a_revoked_key_lets_nobody_in(operator: Command) -> None:
    made = operator.json("keys", "create", *EVE)
    assert made["id"] in operator("keys", "revoke", made["id"]).stdout
    told = operator("list", "--api-key", made["key"], code=3).stderr
    assert "It has expired, was revoked or replaced" in told
    assert operator.json("keys", "revoke", made["id"]) == {"id": made["id"], "revoked": True}
    operator("keys", "revoke", "k00000000000000", code=4)
    assert "revoked 20" in operator("keys", "list").stdout


def test_who_is_no_operator_makes_no_key_and_sees_their_own(clearance: Command) -> None:
    told = clearance("keys", "create", *EVE, code=3).stderr
    assert "clearance keys list tells what it grants" in told
    (own,) = clearance.json("keys", "list")["items"]
    assert own["name"] == "local"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--name", "a", "--organisation", "b"), 2),
        ((*EVE, "--role", "king"), 2),
        ((*EVE, "--role", "recorder"), 3),
        ((*LI, "--authority", "nobody"), 3),
        ((*EVE, "--expires-at", "2020-01-01T00:00:00Z"), 3),
        ((*EVE, "--expires-at", "tomorrow"), 2),
    ],
    ids=str,
)
def test_rights_that_nobody_can_hold_are_refused(
    operator: Command, options: tuple[str, ...], code: int
) -> None:
    assert operator("keys", "create", *options, code=code).stderr
