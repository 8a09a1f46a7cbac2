"""A whole run of the service, and afterwards none of its secrets where it does not belong.

What is searched: all that it printed, every file, every key of the database, every answer, and
the arguments of its processes. A key stands in the one answer that shows it and nowhere else.
That the search would find one is shown with a word that is no secret, left in each of them.
"""

import base64
import json
import secrets
import signal
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from redis import Redis

from api.journal import FIELDS, What
from api.operator_key import kept_in
from tests.e2e.access.keeping import SIGNING, Run
from tests.e2e.access.provider import AUDIENCE, CLIENT, CLIENT_SECRET, Provider
from tests.e2e.access.searching import arguments, files, leaks, stored
from tests.e2e.access.whole_run import everything
from tests.e2e.commands import PATIENCE, Service, run, started
from tests.integration.store.servers import VALKEY
from tests.integration.store.servers import running as serving

WORD = f"canary-{secrets.token_hex(6)}"
PASSWORD = f"{secrets.token_urlsafe(16)} /?#@%+[]"
PLACES = {"standard output", "standard error", "file", "database", "answer", "arguments"}


@dataclass(frozen=True)
class Past:
    """A run that is over, and the line that showed the operator's key."""

    run: Run
    line: str


@pytest.fixture(scope="module")
def past(one_provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Past:
    one_provider.reset()
    folder = tmp_path_factory.mktemp("secrets")
    data, database = folder / WORD, folder / "database"
    with serving(VALKEY, database) as place:
        path = place.removeprefix("unix://")
        with Redis(unix_socket_path=path) as redis:
            redis.config_set("requirepass", PASSWORD)
        with Redis(unix_socket_path=path, password=PASSWORD) as redis:
            reached = f"unix://:{quote(PASSWORD, safe='')}@{path}"
            set_up = _environment(reached, one_provider)
            with started("serve", "--data", data, **set_up) as service:
                line = service.process.stdout.readline() if service.process.stdout else ""
                operator = kept_in(data)
                assert operator is not None
                kept = Run(service.url, redis, reached, PASSWORD, WORD, operator, one_provider)
                everything(kept)
                kept.places |= dict(arguments(service.process.pid))
                _listed(kept, data)
                _end(kept, service, line)
            kept.places |= dict(stored(redis))
    kept.places |= dict(files(data, "operator.key", "keys")) | dict(files(database))
    kept.secrets["the console's secret at the provider"] = CLIENT_SECRET
    return Past(kept, line)


def _environment(reached: str, provider: Provider) -> dict[str, str]:
    known = {
        "ISSUER": provider.url,
        "AUDIENCE": AUDIENCE,
        "JWKS_URL": provider.jwks_url,
        "CLIENT_ID": CLIENT,
        "CLIENT_SECRET": CLIENT_SECRET,
        "AUTHORIZATION_URL": f"{provider.url}/authorize",
        "TOKEN_URL": f"{provider.url}/token",
    }
    return {
        "CLEARANCE_REDIS_URL": reached,
        "CLEARANCE_TRUSTED_PROXIES": "127.0.0.0/8",
        "CLEARANCE_ATTEMPTS": "10",
        "CLEARANCE_WEBHOOK_NETWORKS": "127.0.0.0/8",
        **{f"CLEARANCE_OIDC_{name}": value for name, value in known.items()},
    }


def _listed(kept: Run, data: Path) -> None:
    """The local command, which comes in with the operator's key of the folder."""
    listed = run("keys", "list", "--data-folder", data)
    assert listed.returncode == 0, listed.stderr
    kept.places["standard output of the command"] = (listed.stdout + listed.stderr).encode()


def _end(kept: Run, service: Service, line: str) -> None:
    """Keep what it printed, but for the key at the end of its second line."""
    service.process.send_signal(signal.SIGTERM)
    printed, errors = service.process.communicate(timeout=PATIENCE)
    assert service.process.returncode == 0
    kept.places["standard output"] = (service.line + line.rpartition(": ")[0] + printed).encode()
    kept.places["standard error"] = errors.encode()


def test_no_secret_stands_where_it_does_not_belong(past: Past) -> None:
    assert len(past.run.secrets) > 60
    found = leaks(past.run.secrets, past.run.places)
    assert [one for one in found if not _is_kept_to_sign_with(one)] == []


def _is_kept_to_sign_with(leak: str) -> bool:
    """A webhook's secret is in what the database wrote down while there was the webhook."""
    return leak.startswith(SIGNING) and ", in file: appendonlydir/" in leak


def test_the_operators_key_was_shown_once(past: Past) -> None:
    assert past.line.endswith(f": {past.run.operator}\n")
    assert past.run.operator not in past.run.shown


def test_every_key_was_shown_once(past: Past) -> None:
    assert len(past.run.shown) == 10
    assert set(past.run.shown.values()) == {1}


def test_the_search_reaches_every_place(past: Past) -> None:
    found = leaks({"word": WORD}, past.run.places)
    assert {one.rpartition(", in ")[2].partition(":")[0] for one in found} == PLACES


def test_what_was_logged_is_there(past: Past) -> None:
    """Else there would have been nothing to find in it."""
    errors = past.run.places["standard error"].decode()
    for told in ("wrong-credential", "throttled", "refused", "Traceback", "username-password"):
        assert told in errors, errors


def test_what_was_noted_in_the_journal_is_there(past: Past) -> None:
    """Every kind of entry but those of the log and of floods was searched."""
    lines = past.run.places["database: clearance:journal"].splitlines()
    kinds = {json.loads(line)[FIELDS.index("what")] for line in lines if line.startswith(b"[")}
    log, rare = {What.DOWNLOADED, What.LOG_KEY_ROTATED}, {What.FLOOD, What.LOST, What.EXPORTED}
    assert kinds == {*What} - log - rare


@pytest.mark.parametrize(
    "secret", ["0123456789abcdef", "Zm9vYmFy /?#@%+[]", 'with "quotes"', "名字名字"]
)
@pytest.mark.parametrize("before", ["", "1", "12"])
def test_a_secret_is_found_however_it_is_spelt(secret: str, before: str) -> None:
    whole = f"{before}{secret}, and more"
    for spelt in (
        whole.encode(),
        json.dumps(whole).encode(),
        quote(whole, safe="").encode(),
        urlencode({"key": whole}).encode(),
        whole.encode().hex().encode(),
        base64.b64encode(whole.encode()),
        base64.urlsafe_b64encode(whole.encode()),
    ):
        assert leaks({"it": secret}, {"there": b"x " + spelt}), spelt
        assert not leaks({"it": f"{secret}2"}, {"there": spelt})
