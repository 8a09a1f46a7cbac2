"""The running service against its own OpenAPI document, by schemathesis, with the credential of
each role: all phases; and no role is shown what it should not see (`fuzzing.hidden`).

`SCHEMATHESIS_SECONDS=3600 pytest tests/e2e/http/test_schemathesis.py` is the campaign.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.examples import CLAIM, POOLS
from tests.e2e.http.fuzzing import HIDDEN
from tests.e2e.http.journey import LIFE, opened, register
from tests.e2e.http.people import ACTORS, actor
from tests.keyring import Keyring

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SECONDS = int(os.environ.get("SCHEMATHESIS_SECONDS", "0"))
STREAMS = "/stream$"
"""What is answered there goes on, and schemathesis reads answers to their end."""
EXAMPLES = {"recorder": 4, "operator": 3, "buyer": 3, "miit": 3, "auditor": 2}
"""Cases of each operation in the normal run."""
PHASES, FEWER = "examples,coverage,fuzzing,stateful", "examples,fuzzing,stateful"
"""What covers the document is the same for everybody."""


@pytest.fixture(scope="module")
def stage(client: httpx.Client) -> Iterator[None]:
    """What there is to be seen: everybody's, and what is hidden from another buyer. Nothing goes
    on being sent afterwards.
    """
    opened(client).live(LIFE[-1][1])
    pool = POOLS["pool"] | {"id": "hidden-pool", "claims": [CLAIM | {"buyers": [HIDDEN]}]}
    register(client, HIDDEN)
    assert client.post("/v1/pools", json=pool).status_code == 201
    opened(client, HIDDEN, pool="hidden-pool", reference="hidden-reference")
    yield
    listed = client.get("/v1/webhooks", params={"limit": 200}, headers=actor("operator"))
    for webhook in listed.json()["items"]:
        client.delete(f"/v1/webhooks/{webhook['id']}", headers=actor("operator"))


@pytest.mark.timeout(SECONDS + 180)
@pytest.mark.usefixtures("stage")
@pytest.mark.parametrize("who", EXAMPLES)
def test_no_answer_differs_from_what_is_documented(
    url: str, client: httpx.Client, keyring: Keyring, who: str
) -> None:
    few = ["--max-examples", str(EXAMPLES[who]), "--seed=1"]
    bound = ["--max-time", str(SECONDS)] if SECONDS else few
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "--config-file",
        str(HERE / "schemathesis.toml"),
        "run",
        f"{url}/openapi.json",
        f"--header=Authorization: Bearer {keyring.key(ACTORS[who])}",
        f"--phases={PHASES if who == 'recorder' or SECONDS else FEWER}",
        "--checks=all",
        "--continue-on-failure",
        "--warnings=off",
        "--no-color",
        "--request-timeout=10",
        f"--exclude-path-regex={STREAMS}",
        *bound,
    ]
    hooks = os.environ | {"SCHEMATHESIS_HOOKS": "tests.e2e.http.fuzzing", "FUZZED_BY": who}
    done = subprocess.run(command, cwd=ROOT, env=hooks, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    paths = client.get("/openapi.json").json()["paths"]
    streams = [path for path in paths if path.endswith("/stream")]
    assert len(streams) == 2
    for path in streams:
        del paths[path]
    assert f"Tested: {sum(map(len, paths.values()))}\n" in done.stdout
    assert client.get("/readyz").status_code == 200
