"""docs/verify.md: its commands run as they stand there, against the demonstration."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.e2e.conftest import Demonstration

PAGE = (Path(__file__).parents[2] / "docs" / "verify.md").read_text(encoding="utf-8")


def test_the_commands_of_the_page_run(demonstration: Demonstration, tmp_path: Path) -> None:
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "data").mkdir()
    (tmp_path / "data/demo").symlink_to(demonstration.folder)
    typed = "\n".join(re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL))
    done = subprocess.run(
        [
            "/bin/bash",
            "-eu",
            "-o",
            "pipefail",
            "-c",
            typed.replace("http://127.0.0.1:8000", demonstration.service.url),
        ],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        env={"PATH": os.defpath, "HOME": str(tmp_path), "LANG": "C.UTF-8"},
    )
    assert done.returncode == 0, done.stderr + done.stdout
    told = done.stdout
    for words in (
        "records in trail.jsonl, verified",
        "OK: record 1 of application/",
        "trails, the root",
        "of the trail are in it, and no other",
        "entries that were signed before.",
        "The records lead to the 4 states that are reported; 0 applications",
        "OK: both are of one log.",
        "BAD: record 1: the hash does not fit the content",
        "BAD: record 1 of forged.jsonl: the hash does not fit the content",
    ):
        assert words in told, (words, told)
    assert told.count("OK: ") == 5
    assert told.count("found, exit status 1") == 2
