"""The running service against its own OpenAPI document, by schemathesis: all phases.

`SCHEMATHESIS_SECONDS=3600 pytest tests/e2e/http/test_schemathesis.py` is the campaign.
"""

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.e2e.http.journey import LIFE, opened

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SECONDS = int(os.environ.get("SCHEMATHESIS_SECONDS", "0"))
EXAMPLES = 12
"""Cases of each operation in the normal run."""


@pytest.mark.timeout(SECONDS + 180)
def test_no_answer_differs_from_what_is_documented(url: str, client: httpx.Client) -> None:
    opened(client).live(LIFE[-1][1])
    few = ["--max-examples", str(EXAMPLES), "--seed=1"]
    bound = ["--max-time", str(SECONDS)] if SECONDS else few
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "--config-file",
        str(HERE / "schemathesis.toml"),
        "run",
        f"{url}/openapi.json",
        "--phases=examples,coverage,fuzzing,stateful",
        "--checks=all",
        "--continue-on-failure",
        "--warnings=off",
        "--no-color",
        "--request-timeout=10",
        *bound,
    ]
    hooks = os.environ | {"SCHEMATHESIS_HOOKS": "tests.e2e.http.fuzzing"}
    done = subprocess.run(command, cwd=ROOT, env=hooks, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    paths = client.get("/openapi.json").json()["paths"]
    assert f"Tested: {sum(map(len, paths.values()))}\n" in done.stdout
    assert client.get("/readyz").status_code == 200
