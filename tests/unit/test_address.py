"""The address of a running service, in its data folder."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from api.address import found_in, published

URL = "http://127.0.0.1:8000"


def test_it_is_there_for_as_long_as_the_service(tmp_path: Path) -> None:
    assert found_in(tmp_path) is None
    with published(tmp_path, URL):
        assert found_in(tmp_path) == URL
        assert found_in(tmp_path) == URL
    assert found_in(tmp_path) is None
    assert not list(tmp_path.iterdir())


def test_what_a_killed_process_left_is_nothing(tmp_path: Path) -> None:
    code = (
        "import pathlib, sys\nfrom api.address import published\n"
        f"with published(pathlib.Path(sys.argv[1]), '{URL}'):\n"
        "    print('there', flush=True)\n    input()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"there\n"
        assert found_in(tmp_path) == URL
        with published(tmp_path, "http://127.0.0.1:9"):  # it is taken: left alone
            assert found_in(tmp_path) == URL
        assert found_in(tmp_path) == URL
        process.send_signal(signal.SIGKILL)
    assert (tmp_path / "address").exists()
    assert found_in(tmp_path) is None
    with published(tmp_path, "http://127.0.0.1:9"):
        assert found_in(tmp_path) == "http://127.0.0.1:9"


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with published(tmp_path / "none", URL):
        assert found_in(tmp_path / "none") is None
    assert not (tmp_path / "none").exists()
    (tmp_path / "address").write_bytes(os.urandom(40))
    assert found_in(tmp_path) is None
