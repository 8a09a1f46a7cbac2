"""What somebody might try with a key of their own, or by mistake with a password."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.e2e.commands import Service, run, running
from tests.keyring import Keyring, principal

OFFICER = "li;miit;officer;miit"
PASSWORD = "hunter2", "correct-horse"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running("serve", "--data", tmp_path_factory.mktemp("misuse")) as started:
        yield started


@pytest.fixture(scope="module")
def keyring(service: Service) -> Keyring:
    return service.keyring


@pytest.fixture(scope="module")
def client(service: Service, keyring: Keyring) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service.url, auth=keyring) as made:
        yield made


def asks(service: Service, key: str) -> int:
    shown = {"Authorization": f"Bearer {key}"}
    return httpx.get(f"{service.url}/v1/buyers", headers=shown).status_code


def test_a_key_has_one_spelling(service: Service, keyring: Keyring) -> None:
    """Also while the service still remembers the right one."""
    key = keyring.key()
    assert asks(service, key) == 200
    _, rest = key.split("_", 1)
    for other in (f"xyz_{rest}", f"_{rest}", f"CLR_{rest}", f"{key}_", f"{key}=", rest):
        assert asks(service, other) == 401, other


def test_an_operator_who_takes_over_an_officers_key_is_seen(
    service: Service, client: httpx.Client, keyring: Keyring
) -> None:
    """The operator can: but the trail of the credential tells who did it, and when."""
    identifier = keyring.key(OFFICER).split("_")[1]
    path = f"/v1/keys/{identifier}"
    answer = client.post(f"{path}:rotate", headers=principal("op;ops;operator"))
    assert asks(service, answer.json()["key"]) == 200
    for reader in ("au;audit;auditor", OFFICER):
        trail = client.get(f"{path}/trail", headers=principal(reader)).json()["items"]
        record: dict[str, Any] = trail[-1]
        assert (record["type"], record["role"]) == ("rotate", "operator")
        assert (record["organisation"], record["principal"]) == ("ops", "op")
        assert record["credential"] == keyring.key("op;ops;operator").split("_")[1]


@pytest.mark.parametrize("sign", "/?#[]")
def test_a_password_that_is_cut_in_two_is_not_told(
    sign: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it should have been percent-encoded, the address has another host or port."""
    whole = sign.join(PASSWORD)
    monkeypatch.setenv("CLEARANCE_REDIS_URL", f"redis://ann:{whole}@127.0.0.1:1/0")
    refused = run("serve", "--port", "0")
    assert refused.returncode == 2
    assert "%2F" in refused.stderr
    for half in PASSWORD:
        assert half not in refused.stderr + refused.stdout
