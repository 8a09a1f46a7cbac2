"""The README's commands, run as they stand there against an empty service."""

import re
import subprocess
import sys
from pathlib import Path

from tests.e2e.commands import running

README = Path(__file__).parents[2] / "README.md"


def script(url: str) -> str:
    """Every block of the README in one shell, for a service at this address."""
    blocks = re.findall(r"```bash\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 3
    return "\n".join(blocks).replace("http://127.0.0.1:8000", url)


def test_a_newcomer_takes_one_buyer_from_submission_to_shipment(tmp_path: Path) -> None:
    (tmp_path / ".venv").symlink_to(sys.prefix)
    with running("serve", "--data", tmp_path / "data") as service:
        done = subprocess.run(
            ["/bin/bash", "-eu", "-o", "pipefail", "-c", script(service.url)],
            cwd=tmp_path,
            capture_output=True,
            timeout=60,
            check=False,
        )
    printed = done.stdout.decode()
    assert done.returncode == 0, done.stderr.decode()
    assert printed.count('"record":{') == 12
    assert '"state":"shipped","entered_at"' in printed
    assert "\n304\n" in printed
    assert '"ok":true,"checked":13' in printed
    assert "OK: 13 records" in printed
    assert "BAD: record 3: the hash does not fit the content" in printed
    assert "found, exit status 1" in printed
