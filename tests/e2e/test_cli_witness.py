"""`clearance witness`: a log that is served over HTTP, and what it may not do unseen."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

import pytest

from api.cli import main
from tests.e2e.commands import CLEARANCE, PATIENCE
from tests.paper_log import PaperLog
from workflow.proof.checkpoint import open_checkpoint
from workflow.proof.keys import SignerKey, VerifierKey

SIGNER = SignerKey.generate("log.example/witnessed")
ENTRIES = [b"entry %d" % number for number in range(700)]
LOG = PaperLog(ENTRIES, SIGNER)
FORK = PaperLog([*ENTRIES[:300], b"another", *ENTRIES[301:]], SIGNER)
"""From entry 300 on another log, signed with the same key."""


class Quiet(SimpleHTTPRequestHandler):
    """A plain web server of files."""

    def log_message(self, *_told: Any) -> None:
        pass


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The address below which the folders of the test are served."""
    handler = partial(Quiet, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class Done(NamedTuple):
    """How a command ended."""

    code: int
    stdout: str
    stderr: str


Command = Callable[..., Done]


@pytest.fixture
def clearance(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command in this process: a process of its own would take ten times as long."""

    def done(*arguments: str | Path) -> Done:
        monkeypatch.setattr(sys, "argv", ["clearance", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return Done(int(ended.value.code or 0), told.out, told.err)

    return done


@pytest.fixture
def look(served: str, tmp_path: Path, clearance: Command) -> Command:
    """One look of a witness at a log of the test."""

    def looked(log: str, state: str, *more: str, code: int = 0) -> Done:
        place = ("--log", f"{served}/{log}", "--key", str(SIGNER.verifier))
        done = clearance("witness", *place, "--state", tmp_path / state, "--once", *more)
        assert done.code == code, done
        return done

    return looked


def kept(state: Path) -> tuple[int, bytes]:
    """The size that a witness vouches for, by both signatures, and the root."""
    raw = (state / "checkpoint").read_bytes()
    checkpoint, note = open_checkpoint(raw, [SIGNER.verifier])
    own = SignerKey.parse((state / "key").read_text().strip())
    assert note.verified([own.verifier]) == (own.verifier,)
    return checkpoint.size, checkpoint.root


def test_it_follows_a_log_and_signs(tmp_path: Path, look: Command) -> None:
    LOG.publish(tmp_path / "log", 300)
    first = look("log", "w", "--name", "witness.example/w")
    assert "300 entries" in first.stdout
    assert "witness.example/w" in first.stderr
    public = VerifierKey.parse((tmp_path / "w" / "key.pub").read_text().strip())
    assert public.name == "witness.example/w"
    assert (tmp_path / "w" / "key").stat().st_mode & 0o777 == 0o600
    LOG.publish(tmp_path / "log", 700, before=300)
    again = json.loads(look("log", "w", "--json").stdout)
    assert (again["before"], again["size"]) == (300, 700)
    assert kept(tmp_path / "w") == (700, bytes.fromhex(again["root"]))
    other = look("log", "w", "--name", "another.example/w", code=2)
    assert "witness.example/w" in other.stderr


def test_an_older_checkpoint_is_no_alarm(tmp_path: Path, look: Command) -> None:
    LOG.publish(tmp_path / "log", 700)
    look("log", "w")
    before = (tmp_path / "w" / "checkpoint").read_bytes()
    LOG.publish(tmp_path / "log", 699)
    done = json.loads(look("log", "w", "--json", code=6).stdout)
    assert "it had 700 before" in done["detail"]
    assert not (tmp_path / "w" / "evidence").exists()
    assert (tmp_path / "w" / "checkpoint").read_bytes() == before, "it never goes back"
    FORK.publish(tmp_path / "fork", 700)
    (tmp_path / "log" / "checkpoint").write_bytes(FORK.checkpoint(400))
    done = json.loads(look("log", "w", "--json", code=1).stdout)
    assert "do not begin with the 400" in done["detail"]
    assert Path(done["kept"]).read_bytes() == before
    assert Path(done["shown"]).read_bytes() == FORK.checkpoint(400)


def test_a_fork_is_seen_by_whoever_saw_the_other_branch(tmp_path: Path, look: Command) -> None:
    LOG.publish(tmp_path / "log", 400)
    FORK.publish(tmp_path / "fork", 700)
    look("log", "w")
    done = look("fork", "w", code=1)
    assert "do not begin with the 400" in done.stderr
    names = sorted(path.name.partition("-")[2] for path in (tmp_path / "w" / "evidence").iterdir())
    assert names == ["kept", "shown"]
    assert kept(tmp_path / "w")[0] == 400


def test_a_view_split_between_two_witnesses_shows_when_they_compare(
    tmp_path: Path, served: str, look: Command, clearance: Command
) -> None:
    """Each is shown a log that only grows, and neither can know alone."""
    for log, folder in ((LOG, "log"), (FORK, "fork")):
        for before, size in ((0, 350), (350, 400)):
            log.publish(tmp_path / folder, size, before)
            look(folder, f"w-{folder}")
    files = [tmp_path / f"w-{folder}" / "checkpoint" for folder in ("log", "fork")]
    key = ("--key", str(SIGNER.verifier))
    same = clearance("witness", *key, "--compare", *files)
    assert same.code == 1
    assert "NOT ONE LOG: two checkpoints of 400 entries have different roots" in same.stderr
    LOG.publish(tmp_path / "log", 700, before=400)
    look("log", "w-log")
    alone = clearance("witness", *key, "--compare", *files)
    assert alone.code == 2, "that takes tiles"
    for place in (f"{served}/log", tmp_path / "log"):
        told = clearance("witness", *key, "--compare", *files, "--log", place)
        assert told.code == 1
        assert "do not begin with the 400" in told.stderr
    (tmp_path / "earlier").write_bytes(LOG.checkpoint(123))
    pair = (files[0], tmp_path / "earlier")
    one = clearance("witness", *key, "--compare", *pair, "--log", tmp_path / "log")
    assert one.code == 0, one.stderr


def test_what_it_kept_cannot_be_replaced(tmp_path: Path, look: Command) -> None:
    LOG.publish(tmp_path / "log", 400)
    FORK.publish(tmp_path / "fork", 400)
    look("log", "w")
    (tmp_path / "w" / "checkpoint").write_bytes(FORK.checkpoint(400))
    assert "is not what this witness has signed" in look("fork", "w", code=1).stderr
    (tmp_path / "w" / "key").unlink()
    assert "has signed with it before" in look("fork", "w", code=2).stderr


def test_it_waits_for_a_log_that_does_not_answer_and_goes_on(
    tmp_path: Path, served: str, look: Command
) -> None:
    assert "nothing was published" in look("log", "w", code=6).stderr
    process = subprocess.Popen(
        [
            *(CLEARANCE, "witness", "--log", f"{served}/log", "--key", str(SIGNER.verifier)),
            *("--state", "w", "--every", "0.1"),
        ],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        assert "The witness" in process.stderr.readline()
        assert "Waiting" in process.stderr.readline()
        assert "another witness runs" in look("log", "w", code=1).stderr
        for before, size in ((0, 300), (300, 301)):
            LOG.publish(tmp_path / "log", size, before)
            assert f" {size} entries" in process.stdout.readline()
        LOG.publish(tmp_path / "log", 5)
        told = ""
        while "NOTHING PROVED for 10 looks" not in told:
            told += process.stderr.readline()
        assert told.count("Waiting: the log shows 5 entries; it had 301") == 9
        (tmp_path / "log" / "checkpoint").write_bytes(b"of another kind")
        while "not signed" not in process.stderr.readline():
            pass
        LOG.publish(tmp_path / "log", 400, 301)
        assert " 400 entries" in process.stdout.readline()
        (tmp_path / "log" / "checkpoint").write_bytes(FORK.checkpoint(400))
        assert process.wait(timeout=PATIENCE) == 1
    finally:
        process.kill()
        process.communicate()
