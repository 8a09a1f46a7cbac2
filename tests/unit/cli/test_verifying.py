"""`verify` of a log and of a proof: what it says, in both languages and to a program, and how it
ends.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api import cli
from api.cli.faults import Failure
from api.cli.log_keys import verifier_keys
from tests.logs import ORIGIN, retold, write
from tests.unit.acting import Case, accepted, carry
from tests.unit.journeys import TO_IN_PRINCIPLE
from workflow.domain import trail
from workflow.machine import Engine
from workflow.proof.inclusion import InclusionProof
from workflow.proof.keys import SignerKey
from workflow.proof.paths import TiledTree
from workflow.proof.tiles import bundle_path

KEY = SignerKey.generate(ORIGIN)
Verify = Callable[..., tuple[int, str]]


@pytest.fixture
def verify(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Verify:
    """Runs the command where the log is; its exit code and what it says. Raises Failure."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "300")

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(cli.app, ["verify", *words])
        if isinstance(done.exception, Failure):
            raise done.exception
        return done.exit_code, done.stdout

    return run


@pytest.fixture
def lives(engine: Engine) -> list[list[bytes]]:
    case = Case(engine)
    accepted(case.create())
    carry(case, *TO_IN_PRINCIPLE)
    return [retold(case.trail, f"application/a{one}") for one in range(3)]


@pytest.fixture
def written(lives: list[list[bytes]], tmp_path: Path) -> Path:
    """A folder with a log, its key, an older checkpoint, a trail, states and a proof."""
    entries = [text for one in lives for text in one]
    write(tmp_path / "older", entries[:4], KEY)
    checkpoint = write(tmp_path / "log", entries, KEY)
    (tmp_path / "key").write_text(f"{SignerKey.generate(ORIGIN).verifier}\n{KEY.verifier}\n")
    (tmp_path / "trail").write_bytes(b"\n".join(lives[1]) + b"\n")
    (tmp_path / "states").write_text(json.dumps({"items": [*map(listed, lives)]}))
    tree = TiledTree(len(entries), lambda path: (tmp_path / "log" / path).read_bytes())
    raw = (tmp_path / "log/checkpoint").read_bytes()
    for name, extra in (("proof", None), ("alone", entries[3])):
        proof = InclusionProof(3, tuple(tree.inclusion(3)), raw, extra)
        (tmp_path / name).write_bytes(proof.encode())
    assert checkpoint.size == 6
    return tmp_path


def listed(records: Sequence[bytes]) -> dict[str, Any]:
    last, verdict = json.loads(records[-1]), trail.verify(records)
    return {
        "id": last["subject"].removeprefix("application/"),
        "version": last["seq"],
        "head": last["hash"],
        "state": verdict.snapshot["state"],
        "standing": "confirmed",
        "updated_at": last["recorded_at"],
    }


def spoil(folder: Path) -> None:
    """A byte of the fourth entry, in the middle."""
    bundle = folder / "log" / bundle_path(0, 6)
    content = bundle.read_bytes()
    at = content.index(b'"subject":"application/a1"', content.index(b'"seq":2,"standing"'))
    bundle.write_bytes(content[: at - 20] + b"X" + content[at - 19 :])


EVERYTHING = ("--since", "older/checkpoint", "--states", "states", "--trail", "trail")


@pytest.mark.usefixtures("written")
def test_a_sound_log_is_told_so(verify: Verify) -> None:
    code, said = verify("--key", "key", "log")
    assert code == 0
    assert f"OK: 6 entries of {ORIGIN}, 3 trails, the root " in said
    assert "--since FILE" in said
    code, said = verify("--key", str(KEY.verifier), *EVERYTHING, "log")
    assert code == 0
    for words in ("all of the 4 entries", "The 2 records of the trail", "to the 3 states"):
        assert words in said
    assert "--since FILE" not in said
    assert "正常：" in verify("--key", "key", "--lang", "zh", *EVERYTHING, "log")[1]
    told = json.loads(verify("--key", "key", "--json", "log")[1])
    assert (told["ok"], told["checked"], told["trails"]) == (True, 6, 3)
    assert told["remarks"] == ["unknown-past"]


def test_the_first_bad_record_is_named(written: Path, verify: Verify) -> None:
    spoil(written)
    code, said = verify("--key", "key", "log")
    assert code == 1
    assert said.startswith("BAD: entry 2, record 1 of application/a1: ")
    assert "损坏：条目 2，application/a1 第 1 条：" in verify("--key", "key", "--lang=zh", "log")[1]
    told = json.loads(verify("--key", "key", "--json", "log")[1])
    assert (told["ok"], told["size"]) == (False, 6)
    assert told["first_bad"] == {"index": 2, "subject": "application/a1", "seq": 1}
    assert told["reason"]


@pytest.mark.parametrize(
    ("option", "content", "reason"),
    [
        ("--since", "log", "BAD: it has 4 entries and had 6: it was rolled back"),
        ("--trail", "short", "BAD: entry 3, record 2 of application/a1: the log has this record"),
        ("--trail", "cut", "BAD: record 1 of cut: "),
        ("--states", "other", "BAD: entry 5, record 2 of application/a2: the service reports"),
    ],
)
def test_what_differs_from_the_log_is_named(
    option: str, content: str, reason: str, written: Path, verify: Verify, lives: list[list[bytes]]
) -> None:
    (written / "short").write_bytes(lives[1][0] + b"\n")
    (written / "cut").write_bytes(lives[1][1] + b"\n")
    items = [*map(listed, lives)]
    items[2]["state"] = "rejected"
    (written / "other").write_text(json.dumps({"items": items}))
    target = "older" if option == "--since" else "log"
    file = "log/checkpoint" if option == "--since" else content
    code, said = verify("--key", "key", option, file, target)
    assert (code, said[: len(reason)]) == (1, reason)


@pytest.mark.usefixtures("written")
def test_a_checkpoint_that_nobody_known_signed_is_bad(verify: Verify) -> None:
    stranger = str(SignerKey.generate(ORIGIN).verifier)
    code, said = verify("--key", stranger, "log")
    assert (code, said) == (1, "BAD: the checkpoint: no key that is known signed it\n")


def test_a_proof_is_of_a_record(written: Path, verify: Verify, lives: list[list[bytes]]) -> None:
    for words in (("--trail", "trail", "proof"), ("alone",)):
        code, said = verify("--key", "key", *words)
        assert code == 0
        assert said.startswith(f"OK: record 2 of application/a1 is entry 3 of {ORIGIN}, among 6, ")
        told = json.loads(verify("--key", "key", "--json", *words)[1])
        assert (told["ok"], told["index"], told["seq"]) == (True, 3, 2)
    (written / "two").write_bytes(b"\n".join(lives[2]))
    (written / "trail").write_bytes(b"{}\n")
    for words, reason in (
        (("--trail", "two", "proof"), "the proof is of none of these records"),
        (("proof",), "the proof comes without its record"),
        (("--trail", "trail", "proof"), "the entry is not the one with the index 3 in this tree"),
    ):
        assert verify("--key", "key", *words) == (1, f"BAD: {reason}\n")


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("log",), 2, "name the log's public key"),
        (("proof",), 2, "name the log's public key"),
        (("--key", "key", "--head", "0", "log"), 2, "--head is of no use with log"),
        (("--key", "key", "trail"), 2, "--key is of no use with trail"),
        (("--key", "key", "--since", "trail", "proof"), 2, "--since is of no use with proof"),
        (("--key", "key", "."), 2, "there is no checkpoint in it"),
        (("--key", "key", "--since", "key", "log"), 2, "key is no checkpoint of this log"),
        (("--key", "key", "--states", "trail", "log"), 2, "trail"),
        (("--key", "key", "--states", "wrong", "log"), 2, "is not what clearance list"),
        (("--key", "key", "--trail", "key", "log"), 2, "not an exported trail"),
        (("--key", "key", "http://127.0.0.1:9/log"), 6, "does not answer"),
    ],
)
def test_what_cannot_be_asked_is_told(
    words: tuple[str, ...], code: int, sentence: str, written: Path, verify: Verify
) -> None:
    (written / "wrong").write_text('{"items":[{}]}')
    with pytest.raises(Failure, match=sentence) as told:
        verify(*words)
    assert told.value.code == code


def test_keys_are_given_as_they_are_or_in_files(tmp_path: Path) -> None:
    one, other = (SignerKey.generate(name).verifier for name in ("a.example", "b.example"))
    file = tmp_path / "keys"
    file.write_text(f"{one}\n\n  {other}\n")
    assert verifier_keys([str(file), str(one)]) == (one, other)
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "bytes").write_bytes(b"\xff")
    (tmp_path / "text").write_text("no key\n")
    for given in ("empty", "bytes", "text"):
        with pytest.raises(Failure, match="is no public key"):
            verifier_keys([str(tmp_path / given)])
    with pytest.raises(Failure, match="is no public key"):
        verifier_keys([str(one)[:-4]])
    with pytest.raises(Failure, match="cannot be read"):
        verifier_keys([str(tmp_path / "missing")])
