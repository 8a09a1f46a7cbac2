"""A witness goes on to nothing but what contains all that it has seen."""

import pytest

from tests.paper_log import PaperLog
from workflow.proof.checkpoint import Checkpoint
from workflow.proof.cosignature import parted
from workflow.proof.keys import COSIGNATURE, SignerKey
from workflow.proof.note import Note
from workflow.proof.unsound import Unsound
from workflow.proof.witnessing import Forked, Stale, Witness, check_same_log

SIGNER = SignerKey.generate("log.example/one")
KEYS = [SIGNER.verifier]
OWN = SignerKey.generate("witness.example/w", COSIGNATURE)
NOW = 1_769_731_200
ENTRIES = [b"entry %d" % number for number in range(600)]
LOG = PaperLog(ENTRIES, SIGNER)
FORK = PaperLog([*ENTRIES[:300], b"another", *ENTRIES[301:]], SIGNER)
"""From entry 300 on another log, signed with the same key."""


@pytest.fixture
def witness() -> Witness:
    return Witness(KEYS, OWN)


def seen(witness: Witness, log: PaperLog, size: int) -> Checkpoint:
    """What the witness keeps after it has seen a log of this size."""
    return witness.vouch(None, log.checkpoint(size), log.read, NOW).checkpoint


@pytest.mark.parametrize("size", [0, 1, 256, 257, 600])
def test_what_it_vouches_for_bears_its_signature_and_the_time(witness: Witness, size: int) -> None:
    vouched = witness.vouch(None, LOG.checkpoint(size), LOG.read, NOW)
    note = Note.parse(vouched.raw)
    assert note.verified([*KEYS, OWN.verifier]) == (*KEYS, OWN.verifier)
    assert parted(note.signatures[-1].content)[0] == NOW
    assert note.text == Note.parse(LOG.checkpoint(size)).text
    assert witness.remembered(vouched.raw) == vouched.checkpoint


def test_it_follows_a_log_that_grows(witness: Witness) -> None:
    last = None
    for size in (0, 1, 1, 255, 256, 300, 512, 600):
        vouched = witness.vouch(last, LOG.checkpoint(size), LOG.read, NOW)
        last = vouched.checkpoint
        assert last.size == size


@pytest.mark.parametrize("size", [301, 400])
def test_a_fork_is_no_growth(witness: Witness, size: int) -> None:
    last = seen(witness, LOG, size)
    for shown in (size, size + 1, 512, 600):
        with pytest.raises(Forked):
            witness.vouch(last, FORK.checkpoint(shown), FORK.read, NOW)


def test_before_the_fork_both_are_one(witness: Witness) -> None:
    last = seen(witness, LOG, 300)
    assert witness.vouch(last, FORK.checkpoint(600), FORK.read, NOW).checkpoint.size == 600


@pytest.mark.parametrize("size", [0, 1, 299, 599])
def test_it_never_goes_back_and_accuses_nobody_of_an_older_checkpoint(
    witness: Witness, size: int
) -> None:
    with pytest.raises(Stale, match=f"shows {size} entries; it had 600") as told:
        witness.vouch(seen(witness, LOG, 600), LOG.checkpoint(size), LOG.read, NOW)
    assert not isinstance(told.value, Forked)


def test_fewer_entries_of_another_log_are_a_fork(witness: Witness) -> None:
    with pytest.raises(Forked, match="600 entries do not begin with the 400"):
        witness.vouch(seen(witness, LOG, 600), FORK.checkpoint(400), LOG.read, NOW)


def test_fewer_entries_without_the_tiles_of_more_prove_nothing(witness: Witness) -> None:
    shorter = PaperLog(ENTRIES[:400], SIGNER)
    for log in (shorter, FORK):
        with pytest.raises(Unsound) as told:
            witness.vouch(seen(witness, LOG, 600), log.checkpoint(400), log.read, NOW)
        assert not isinstance(told.value, Forked | Stale)


def test_tiles_that_do_not_belong_to_the_checkpoint_prove_nothing(witness: Witness) -> None:
    """Not even a fork: whoever carried them may have changed them."""
    for last in (None, seen(witness, LOG, 400)):
        for read in (FORK.read, lambda _: None, lambda _: b"\x00" * 8_192):
            with pytest.raises(Unsound) as told:
                witness.vouch(last, LOG.checkpoint(600), read, NOW)
            assert not isinstance(told.value, Forked | Stale)


def test_what_the_log_did_not_sign_is_not_looked_at(witness: Witness) -> None:
    stranger = PaperLog(ENTRIES, SignerKey.generate(SIGNER.name))
    other = PaperLog(ENTRIES, SignerKey.generate("log.example/two"))
    changed = LOG.checkpoint(600).replace(b"\n600\n", b"\n599\n")
    for shown in (stranger.checkpoint(600), other.checkpoint(600), changed, b"", b"\n\n"):
        with pytest.raises(Unsound):
            witness.vouch(None, shown, LOG.read, NOW)
    both = Witness([*KEYS, other.signer.verifier], OWN)
    with pytest.raises(Unsound, match="another log"):
        both.vouch(seen(both, LOG, 1), other.checkpoint(600), other.read, NOW)


def test_signatures_of_others_are_left_out(witness: Witness) -> None:
    others = [SignerKey.generate(f"other-{number}") for number in range(99)]
    shown = Note.parse(LOG.checkpoint(5)).signed(*others).encode()
    vouched = witness.vouch(None, shown, LOG.read, NOW)
    assert [one.name for one in Note.parse(vouched.raw).signatures] == [SIGNER.name, OWN.name]


def test_what_was_kept_must_be_its_own(witness: Witness) -> None:
    kept = witness.vouch(None, LOG.checkpoint(5), LOG.read, NOW).raw
    for changed in (LOG.checkpoint(5), kept.replace(b"\n5\n", b"\n4\n"), b""):
        with pytest.raises(Unsound):
            witness.remembered(changed)
    with pytest.raises(Unsound):
        Witness(KEYS, SignerKey.generate(OWN.name, COSIGNATURE)).remembered(kept)
    assert Witness([], OWN).remembered(kept).size == 5, "the log's key may have been rotated"


def test_two_that_were_shown_different_logs_find_out() -> None:
    for one, other in ((400, 400), (400, 600), (600, 400)):
        with pytest.raises(Forked):
            check_same_log(
                LOG.checkpoint(one),
                FORK.checkpoint(other),
                KEYS,
                LOG.read if one > other else FORK.read,
            )
        check_same_log(LOG.checkpoint(one), LOG.checkpoint(other), KEYS, LOG.read)
