"""`clearance webhooks`: made, listed, changed, tried, given a new secret, removed."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.e2e.cli.conftest import Command

TO = ("--to", "https://receiver.invalid/hook")


@pytest.fixture
def owner(clearance: Command, folder: Path) -> Command:
    """The command of whoever runs the service."""
    plain = {n: v for n, v in clearance.environment.items() if not n.startswith("CLEARANCE_")}
    return replace(clearance, environment=plain | {"CLEARANCE_DATA": str(folder)})


def test_a_webhook_from_its_making_to_its_end(owner: Command) -> None:
    wanted = (*TO, "--type", "revoke", "--buyer", "nobody", "--description", "x")
    made = owner("webhooks", "create", *wanted, "--out", "s")
    secret = owner.folder / "s"
    assert (made.stdout, "shown this once" in made.stderr) == ("", False)
    assert secret.read_text().startswith("whsec_")
    assert secret.stat().st_mode & 0o777 == 0o600
    (found,) = owner.json("webhooks", "list")["items"]
    assert (found["types"], found["buyers"], found["state"]) == (["revoke"], ["nobody"], "active")
    assert found["description"] == "x"
    listed = owner("webhooks", "list", "--lang", "zh").stdout
    assert found["id"] in listed
    assert secret.read_text().strip() not in listed
    rotated = owner.json("webhooks", "rotate", found["id"])
    assert rotated["id"] == found["id"]
    assert rotated["secret"] != secret.read_text().strip()
    pinged = owner.json("webhooks", "ping", found["id"])
    assert pinged["application"] is None
    told = owner("webhooks", "deliveries", found["id"]).stdout
    assert pinged["id"] in told
    again = owner("webhooks", "resend", found["id"], pinged["id"]).stdout
    assert pinged["id"] in again
    removed = ("--type", "", "--description", "")
    changed = owner.json("webhooks", "change", found["id"], "--disable", *removed)
    assert (changed["why"], changed["description"]) == ("by-request", None)
    assert (changed["types"], changed["buyers"]) == ([], ["nobody"])
    card = owner("webhooks", "show", found["id"]).stdout
    assert all(told in card for told in (found["id"], TO[1], "disabled", "0 delivered"))
    assert owner.json("webhooks", "ping", found["id"], code=3)["code"] == "webhook-disabled"
    assert owner.json("webhooks", "remove", found["id"]) == {"id": found["id"], "removed": True}
    assert owner.json("webhooks", "list")["items"] == []


def test_an_address_that_is_refused_leaves_no_file(owner: Command) -> None:
    told = owner("webhooks", "create", "--to", "https://10.0.0.1/", "--out", "t", code=3)
    assert "webhook-address-refused" in told.stderr
    assert not (owner.folder / "t").exists()
