"""Go's `sumdb/note` and `sumdb/tlog` agree with us on every log of 1 to 1,100 entries: on what our
writer signs and writes, on what we prove, on what we take for proved; and we with them.
"""

import json
import os
import random
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from workflow.log.growth import Growth
from workflow.proof.checkpoint import Checkpoint, open_checkpoint
from workflow.proof.keys import SignerKey, VerifierKey
from workflow.proof.merkle import check_consistency, check_inclusion, leaf_hash
from workflow.proof.note import signed
from workflow.proof.paths import TiledTree
from workflow.proof.text import base64, from_base64
from workflow.proof.unsound import Unsound

GOPATH = Path("/usr/share/gocode")
SUMDB = GOPATH / "src/golang.org/x/mod/sumdb/tlog"
MOST = 1_100
KEY = SignerKey.generate("log.example/oracle")

pytestmark = [
    pytest.mark.skipif(shutil.which("go") is None, reason="needs Debian's golang-go"),
    pytest.mark.skipif(not SUMDB.exists(), reason="needs Debian's golang-golang-x-mod-dev"),
]

Proof = dict[str, Any]


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, made of its source."""
    folder = tmp_path_factory.mktemp("oracle")
    program, source = folder / "oracle", Path(__file__).with_name("oracle.go")
    made = subprocess.run(
        ["go", "build", "-o", program, source],
        env=os.environ
        | {"GO111MODULE": "off", "GOPATH": str(GOPATH), "GOCACHE": str(folder / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return program


class Ours:
    """Our log, grown entry by entry, each size of it signed."""

    def __init__(self, most: int) -> None:
        self.chance = random.Random(1962)
        self.entries = [self.chance.randbytes(self.chance.randrange(40)) for _ in range(most)]
        self.roots = [Growth(0, self._unread).finish()]
        self.files = dict[str, bytes]()
        growth = Growth(0, self._unread)
        self.trees = [self._grown(growth, size) for size in range(1, most + 1)]

    def told(self) -> bytes:
        """All of it, for the other side."""
        entries = [b64encode(entry).decode() for entry in self.entries]
        told = {"key": str(KEY.verifier), "origin": KEY.name}
        return json.dumps(told | {"entries": entries, "trees": self.trees}).encode()

    def accepts(self, kind: str, size: int, of: int, path: Sequence[bytes]) -> bool:
        """Our verdict on a proof."""
        try:
            if kind == "inclusion":
                check_inclusion(of, size, leaf_hash(self.entries[of]), path, self.roots[size])
            else:
                check_consistency(of, size, self.roots[of], self.roots[size], path)
        except Unsound:
            return False
        return True

    def _grown(self, growth: Growth, size: int) -> dict[str, Any]:
        growth.begin()
        growth.extend([self.entries[size - 1]])
        self.roots.append(growth.finish())
        self.files |= growth.files
        tree = TiledTree(size, self.files.get)
        text = Checkpoint(KEY.name, size, self.roots[size]).text()
        indexes = {0, size - 1, self.chance.randrange(size)}
        olders = {size, max(size - 1, 1), self.chance.randrange(size) + 1}
        return {
            "size": size,
            "checkpoint": signed(text, [KEY]).encode().decode(),
            "files": {path: b64encode(file).decode() for path, file in growth.files.items()},
            "inclusion": self._proofs("inclusion", size, indexes, tree.inclusion),
            "consistency": self._proofs("consistency", size, olders, tree.consistency),
        }

    def _proofs(
        self, kind: str, size: int, of: set[int], prove: Callable[[int], list[bytes]]
    ) -> list[Proof]:
        """Each as it is, and once as it must not be."""
        found = list[Proof]()
        for one in sorted(of):
            path = prove(one)
            for proof in (path, self._spoilt(path)):
                accepted = self.accepts(kind, size, one, proof)
                assert accepted is (proof == path)
                found.append({"of": one, "path": [*map(base64, proof)], "ok": accepted})
        return found

    def _spoilt(self, path: list[bytes]) -> list[bytes]:
        """A proof with a hash more, one less, or two changed places."""
        way = self.chance.randrange(3)
        if way == 0 or not path:
            return [*path, bytes(32)]
        return path[:-1] if way == 1 or len(path) == 1 else [path[1], path[0], *path[2:]]

    @staticmethod
    def _unread(path: str) -> bytes:
        raise AssertionError(path)


def test_go_agrees_with_us_and_we_with_go(oracle: Path) -> None:
    ours = Ours(MOST)
    done = subprocess.run([oracle], input=ours.told(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    theirs = json.loads(done.stdout)
    assert theirs["disagreements"] == []
    key = VerifierKey.parse(theirs["key"])
    assert [tree["size"] for tree in theirs["trees"]] == [*range(1, MOST + 1)]
    for tree in theirs["trees"]:
        size = tree["size"]
        checkpoint, _ = open_checkpoint(tree["checkpoint"].encode(), [key])
        assert checkpoint == Checkpoint(KEY.name, size, ours.roots[size])
        for kind in ("inclusion", "consistency"):
            for proof in tree[kind]:
                path = [from_base64(one) for one in proof["path"] or ()]
                assert ours.accepts(kind, size, proof["of"], path), (size, kind, proof["of"])


def test_go_says_where_we_differ(oracle: Path) -> None:
    """What is not as it should be is told: an oracle that always agrees is none."""
    told = json.loads(Ours(304).told())
    first, second, third, fourth = told["trees"][-5:-1]
    first["checkpoint"] = first["checkpoint"].replace("\n300\n", "\n301\n")
    second["files"]["tile/0/001.p/45"] = b64encode(bytes(45 * 32)).decode()
    third["inclusion"][0]["ok"] = False
    fourth["consistency"][1]["ok"] = True
    done = subprocess.run(
        [oracle], input=json.dumps(told).encode(), capture_output=True, check=False
    )
    found = json.loads(done.stdout)["disagreements"]
    told_of = [said.split(":")[0] for said in found]
    assert set(told_of[:1]) == {"size 300"}
    assert {"size 301", "size 302", "size 303"} <= set(told_of)
