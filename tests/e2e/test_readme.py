"""The README's commands, in both languages, run as they stand there against an empty service."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.commands import running

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-CN.md")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def script(name: str, url: str) -> str:
    """Every block of a README in one shell, for a service at this address."""
    blocks = re.findall(r"```bash\n(.*?)```", read(name), re.DOTALL)
    assert len(blocks) == 3
    return "\n".join(blocks).replace("http://127.0.0.1:8000", url)


@pytest.mark.parametrize("name", READMES)
def test_a_newcomer_takes_one_buyer_from_submission_to_shipment(tmp_path: Path, name: str) -> None:
    (tmp_path / ".venv").symlink_to(sys.prefix)
    with running("serve", "--data", tmp_path / "data") as service:
        done = subprocess.run(
            ["/bin/bash", "-eu", "-o", "pipefail", "-c", script(name, service.url)],
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


def test_both_languages_name_the_same_commands_files_and_addresses() -> None:
    english, chinese = (
        {*re.findall(r"`([^`\n]+)`", read(name)), *re.findall(r"^    (\S.*?)  ", read(name), re.M)}
        for name in READMES
    )
    assert english == chinese


@pytest.mark.parametrize("name", READMES)
def test_what_a_readme_links_to_is_there(name: str) -> None:
    for place in re.findall(r"\]\(([^)]+)\)", read(name)):
        assert (ROOT / place).exists(), place
