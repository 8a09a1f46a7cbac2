"""Whoever holds the database, the disk and the folder of the log, and rewrites what they like, is
found out: by the log alone, and with the log's private key by a checkpoint that others hold.

`ROUNDS=1` flips 10,000 bytes.
"""

import json
import random
from collections.abc import Callable

import pytest

from tests.faults.rounds import ROUNDS
from tests.logs import forged
from tests.unit.proof.checking import KEY, STRANGER, Files, check, log, rehashed, root_of
from workflow.domain import trail
from workflow.proof.checkpoint import Checkpoint, open_checkpoint
from workflow.proof.keys import SignerKey
from workflow.proof.note import signed
from workflow.proof.tiles import WIDTH, bundle_path, decode_bundle, encode_bundle
from workflow.proof.trails import Trails
from workflow.proof.unsound import Unsound
from workflow.proof.whole import Bad, check_log

FLIPS = 10_000 if ROUNDS else 500


def test_the_log_as_it_was_published_is_sound(files: Files, entries: list[bytes]) -> None:
    assert check(files) == 25
    assert check(log([])) == 0
    for size in (1, 255, 256, 257, 299):
        check(log(entries[:size]))
        check(files, since=log(entries[:size])["checkpoint"])
    check(files, since=log([])["checkpoint"])
    check(files, since=files["checkpoint"])


def test_a_partial_part_that_is_gone_is_read_from_the_full_one(entries: list[bytes]) -> None:
    longer, shorter = log(entries), log(entries[:200])
    kept = {path: content for path, content in longer.items() if ".p/" not in path}
    check(kept | {"checkpoint": shorter["checkpoint"]})
    with pytest.raises(Bad, match=r"tile/entries/000\.p/200 is missing"):
        check({"checkpoint": shorter["checkpoint"]})


EDITS: dict[str, Callable[[list[list[bytes]]], list[list[bytes]]]] = {
    "edit": lambda lives: [rehashed(lives[0], 5), *lives[1:]],
    "edit a part": lambda lives: [[*lives[0][:4], forged(lives[0][4], reason="x"), *lives[0][5:]]],
    "delete": lambda lives: [[*lives[0][:4], *lives[0][5:]], *lives[1:]],
    "reorder": lambda lives: [[lives[0][1], lives[0][0], *lives[0][2:]], *lives[1:]],
    "insert": lambda lives: [[*lives[0], forged(lives[0][-1], seq=13)], *lives[1:]],
    "truncate": lambda lives: [lives[0][:-1], *lives[1:]],
    "drop a trail": lambda lives: lives[1:],
}


@pytest.mark.parametrize("attack", EDITS)
def test_what_is_done_to_the_records_is_found_however_the_files_are_mended(
    attack: str, lives: list[list[bytes]], files: Files
) -> None:
    """The whole folder is written anew, every tile fits; the checkpoint is the one there was, or
    one that a stranger signed.
    """
    changed = [text for one in EDITS[attack](lives) for text in one]
    for signer in (None, STRANGER):
        mended = log(changed, signer or KEY)
        if signer is None:
            mended["checkpoint"] = files["checkpoint"]
        with pytest.raises(Unsound):
            check(mended)


@pytest.mark.parametrize("attack", EDITS)
def test_with_the_private_key_too_a_checkpoint_held_elsewhere_convicts(
    attack: str, lives: list[list[bytes]], files: Files
) -> None:
    changed = [text for one in EDITS[attack](lives) for text in one]
    forgery = log(changed)
    if attack in ("edit", "truncate", "drop a trail"):
        check(forgery)  # by itself there is nothing wrong with it
    with pytest.raises(Bad):
        check(forgery, since=files["checkpoint"])


def test_a_roll_back_and_a_fork_show_against_a_checkpoint_held_elsewhere(
    entries: list[bytes], files: Files
) -> None:
    kept = files["checkpoint"]
    rolled_back = log(entries[:290])
    check(rolled_back)
    with pytest.raises(Bad, match="it has 290 entries and had 300: it was rolled back"):
        check(rolled_back, since=kept)
    swapped = [*entries[:-2], entries[-1], entries[-2]]
    with pytest.raises(Bad, match="two trees of 300 entries were signed: it was forked"):
        check(log(swapped), since=kept)
    older = log([*entries[:268], entries[269], entries[268]])["checkpoint"]
    with pytest.raises(Bad, match="does not begin with the 270 entries"):
        check(files, since=older)


def test_a_wrong_key_and_another_log_are_found(entries: list[bytes], files: Files) -> None:
    with pytest.raises(Unsound, match="no key that is known"):
        check(log(entries, STRANGER))
    other = SignerKey.generate("log.example/other")
    tree = Checkpoint("log.example/other", 10, root_of(entries[:10]))
    mine = open_checkpoint(files["checkpoint"], [KEY.verifier])[0]
    with pytest.raises(Bad, match=r"of another log: log\.example/other"):
        check_log(files.get, mine, tree)
    raw = signed(tree.text(), [other]).encode()
    with pytest.raises(Unsound):
        check(files | {"checkpoint": raw})


def edited(files: Files, index: int, text: bytes) -> Files:
    """An entry is another; nothing else is mended."""
    number = index // WIDTH
    path = next(one for one in files if one.startswith(bundle_path(number)))
    bundle = decode_bundle(files[path])
    bundle[index % WIDTH] = text
    return files | {path: encode_bundle(bundle)}


@pytest.mark.parametrize("index", [0, 100, 255, 256, 299])
def test_the_first_bad_record_is_named(index: int, entries: list[bytes], files: Files) -> None:
    record = json.loads(entries[index])
    named = (index, record["subject"], record["seq"])
    for text, reason in (
        (entries[index].replace(b'"reason":"', b'"reason":"x', 1), "the hash does not fit"),
        (entries[index].replace(b":", b": ", 1), "not written in canonical form"),
        (forged(entries[index], prev="0" * 63 + "1"), "not linked"),
        (forged(entries[index], salt="0" * 32), "not the one that the log's tiles have"),
    ):
        if text == entries[index]:
            continue
        with pytest.raises(Bad, match=reason) as found:
            check(edited(files, index, text))
        assert (found.value.index, found.value.subject, found.value.seq) == named
    for text in (b"", b"[]", b"{}", b"\xff", b'{"seq":"1","subject":5}', b"5"):
        with pytest.raises(Bad) as found:
            check(edited(files, index, text))
        assert (found.value.index, found.value.subject, found.value.seq) == (index, None, None)


def test_no_part_can_be_missing_shorter_or_longer(files: Files) -> None:
    for path, content in files.items():
        if path == "checkpoint":
            continue
        for other in (None, b"", content[:-1], content[:-32], content + bytes(32), content * 2):
            changed = {name: one for name, one in files.items() if name != path}
            with pytest.raises(Bad):
                check(changed if other is None else changed | {path: other})


def test_no_byte_can_change_unseen(files: Files) -> None:
    chance = random.Random(6)
    names = list(files)
    for number in range(FLIPS):
        # The few bytes of tiles and of the checkpoint as often as the many of entries.
        path = chance.choice(names)
        content = bytearray(files[path])
        at = chance.randrange(len(content))
        content[at] ^= 1 << chance.randrange(8)
        try:
            check(files | {path: bytes(content)})
        except Unsound:
            continue
        pytest.fail(f"flip {number}: byte {at} of {path}")


def test_no_byte_of_an_exported_trail_can_change_unseen(lives: list[list[bytes]]) -> None:
    chance = random.Random(7)
    lines = b"".join(text + b"\n" for text in lives[0])
    head = trail.verify(lives[0]).head
    for _ in range(FLIPS):
        content = bytearray(lines)
        at = chance.randrange(len(content))
        content[at] ^= 1 << chance.randrange(8)
        verdict = trail.verify(bytes(content).removesuffix(b"\n").split(b"\n"))
        assert not verdict.ok or verdict.head != head, at


def test_trails_are_followed_when_they_were_put_away(entries: list[bytes]) -> None:
    trails = Trails(at_hand=3)
    last = [trails.follow(trail.read(text)) for text in entries]
    assert len(trails) == 25
    assert last[-1].version == 12
    with pytest.raises(ValueError, match="says it is number"):
        trails.follow(trail.read(entries[0]))
    trails.close()
