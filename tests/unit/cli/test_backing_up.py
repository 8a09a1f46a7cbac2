"""`backup` and `restore`, where nothing comes of them."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from api.cli.faults import Failure
from api.stop import NO, UNUSABLE
from workflow.store import link


def refused(*arguments: str | Path) -> Failure:
    """Why a command ends."""
    done = CliRunner().invoke(app, [str(one) for one in arguments])
    assert isinstance(done.exception, Failure), done.output
    return done.exception


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    file.write_text("precious")
    failure = refused("backup", file, "--data", tmp_path / "data")
    assert (failure.code, "there already" in str(failure)) == (UNUSABLE, True)
    assert file.read_text() == "precious"


def test_a_server_that_is_away_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "PATIENCE", 0.05)
    file = tmp_path / "backup.zip"
    failure = refused("backup", file, "--data", tmp_path, "--redis", "unix:///nowhere")
    assert failure.code == NO
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [None, b"", b"no archive"])
def test_what_is_no_backup_touches_nothing(tmp_path: Path, content: bytes | None) -> None:
    file, data = tmp_path / "backup.zip", tmp_path / "data"
    if content is not None:
        file.write_bytes(content)
    failure = refused("restore", file, "--data", data)
    assert failure.code == UNUSABLE
    assert str(file) in failure.label.zh
    assert not data.exists()
