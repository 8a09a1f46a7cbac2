"""`clearance verify FILE`: an exported trail is checked with no service."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from api import exports
from tests.e2e.commands import run
from tests.e2e.conftest import Demonstration
from workflow.domain import trail

Lines = list[bytes]


@pytest.fixture(scope="module")
def lines(demonstration: Demonstration) -> Lines:
    """The records of a trail as exported, one a line."""
    return demonstration.trail("bytedance").splitlines()


@pytest.fixture(scope="module")
def head(demonstration: Demonstration) -> str:
    """The hash of the last record, as the service tells it."""
    found: str = demonstration.application("bytedance")["head"]
    return found


@pytest.fixture
def file(tmp_path: Path) -> Callable[[bytes], Path]:
    """Writes a file and names it."""

    def written(content: bytes) -> Path:
        path = tmp_path / "trail"
        path.write_bytes(content)
        return path

    return written


def joined(lines: Lines) -> bytes:
    return b"".join(line + b"\n" for line in lines)


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def test_a_sound_trail_is_good_in_every_form(
    lines: Lines, head: str, file: Callable[[bytes], Path]
) -> None:
    array = b"[" + b",".join(lines) + b"]"
    laid_out = json.dumps({"items": json.loads(array), "next": None}, indent=2)
    turned = json.dumps({"next": None, "items": json.loads(array)})
    for content in (joined(lines), array, laid_out.encode(), turned.encode()):
        done = run("verify", file(content))
        assert done.returncode == 0, done.stdout
        assert f"{len(lines)} records" in done.stdout
        assert head in done.stdout
        rewritten = content != joined(lines)
        assert ("written canonically again" in done.stdout) is rewritten


def test_the_standard_input_is_read(lines: Lines, head: str) -> None:
    assert run("verify", "-", "--head", head, given=joined(lines)).returncode == 0
    assert run("verify", "-", given=joined(lines[1:])).returncode == 1


def test_the_first_bad_record_is_named(lines: Lines, file: Callable[[bytes], Path]) -> None:
    dropped = [*lines[:4], *lines[5:]]
    for content in (joined(dropped), b"[" + b",".join(dropped) + b"]"):
        done = run("verify", file(content))
        assert done.returncode == 1
        assert done.stdout.startswith("BAD: record 5: the record says it is number 6")
        assert f"4 of {len(lines) - 1} records are sound" in done.stdout


def test_whatever_is_done_to_a_record_it_is_the_first_bad_one(lines: Lines) -> None:
    before, record, after = lines[:4], lines[4], lines[5:]
    for content in (
        flipped(joined(lines), len(joined(before)) + len(record) // 2),
        joined([*before, after[0], record, *after[1:]]),
        joined([*before, b"", record, *after]),
        joined([*before, before[-1], record, *after]),
        joined([*before, record[:-9]]),
        joined([*before, record.replace(b":", b": ", 1)]),
        joined([*before, b"\xff\xfe"]),
        b"[" + b",".join([*before, after[0], record]) + b"]",
        b'{"items":[' + b",".join([*before, record[:-9]]),
        b"[" + b",".join(before) + b" " + record + b"]",
        b"[" + b",".join([*before, record.replace(b"{", b'{"seq":5,', 1)]) + b"]",
        b"[" + b",".join([*before, b"[" * 100_000]) + b"]",
        b"[" + b",".join([*before, b"1" * 5_000]) + b"]",
    ):
        verdict = trail.verify(exports.read(content).records)
        assert (verdict.first_bad, verdict.checked) == (5, 4), content


@pytest.mark.parametrize("form", ["jsonl", "json"])
def test_no_byte_can_change_unseen(lines: Lines, form: str) -> None:
    content = joined(lines) if form == "jsonl" else b"[" + b",".join(lines) + b"]"
    assert trail.verify(exports.read(content).records).ok
    for at in range(0, len(content), 53):
        try:
            assert not trail.verify(exports.read(flipped(content, at)).records).ok, at
        except exports.Unreadable:
            assert at in (0, len(content) - 1)  # the bracket of the array


def test_a_cut_trail_shows_against_a_known_head(
    lines: Lines, head: str, file: Callable[[bytes], Path]
) -> None:
    cut = file(joined(lines[:-1]))
    alone = run("verify", cut)
    assert alone.returncode == 0
    assert "--head HASH" in alone.stdout
    against = run("verify", cut, "--head", head)
    assert against.returncode == 1
    assert f"the trail ends with record {len(lines) - 1}" in against.stdout
    whole = run("verify", file(joined(lines)), "--head", head)
    assert whole.returncode == 0
    assert "--head HASH" not in whole.stdout


def test_a_page_says_that_there_is_more(lines: Lines, file: Callable[[bytes], Path]) -> None:
    page = b'{"items":[' + b",".join(lines[:3]) + b'],"next":"cy4z"}'
    done = run("verify", file(page))
    assert done.returncode == 0
    assert "more records follow" in done.stdout


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"%PDF-1.7",
        b"\x00\xff",
        b"null",
        b"[]",
        b'{"items":[]}',
        b'{"items":[1],"next":',
    ],
)
def test_what_is_no_export_is_refused(content: bytes) -> None:
    with pytest.raises(exports.Unreadable):
        exports.read(content)


def test_what_cannot_be_read_is_told_with_exit_code_2(
    tmp_path: Path, file: Callable[[bytes], Path]
) -> None:
    garbage = run("verify", file(b"%PDF-1.7"))
    assert garbage.returncode == 2
    assert "is not an exported trail" in garbage.stderr
    for path in (tmp_path / "missing", tmp_path):
        done = run("verify", path)
        assert done.returncode == 2
        assert "cannot be read" in done.stderr


@pytest.mark.parametrize(
    "content", [b"{}", b'{"seq":1}', b"[1,2]", b'[{"hash":"0"}]', b'{"items":[null]}']
)
def test_json_that_is_no_record_is_a_bad_one(content: bytes) -> None:
    assert trail.verify(exports.read(content).records).first_bad == 1
