"""Notes, keys, checkpoints and proofs: read as C2SP writes them, and in no other way."""

import base64
import re
from collections.abc import Sequence

import pytest

from workflow.proof.checkpoint import Checkpoint, open_checkpoint
from workflow.proof.inclusion import InclusionProof
from workflow.proof.keys import COSIGNATURE, SignerKey, VerifierKey
from workflow.proof.merkle import leaf_hash, node_hash
from workflow.proof.note import MAX_SIGNATURES, Note, parse_signature, signed
from workflow.proof.unsound import Unsound

TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdng"
    "otpRZb6KE6RyyBwJnAM=\n"
)
"""The example of golang.org/x/mod/sumdb/note."""

LOG, OTHER = SignerKey.generate("log.example"), SignerKey.generate("log.example")
WITNESS = SignerKey.generate("witness.example/w1", COSIGNATURE)
CHECKPOINT = Checkpoint("log.example", 1, leaf_hash(b"entry"))


def note(lines: Sequence[str], text: str = TEXT) -> bytes:
    return f"{text}\n{''.join(lines)}".encode()


def test_the_example_of_go_is_made_and_opened() -> None:
    signer, key = SignerKey.parse(SECRET), VerifierKey.parse(PUBLIC)
    assert signed(TEXT, [signer]).encode() == note([LINE])
    assert (str(signer.verifier), signer.secret()) == (PUBLIC, SECRET)
    assert Note.parse(note([LINE])).verified([key]) == (key,)


def test_a_private_key_is_not_shown_by_accident() -> None:
    signer = SignerKey.parse(SECRET)
    assert not re.search("AYEKFA|seed", f"{signer!r} {signer}")
    for broken in (SECRET.replace("AYEK", "AZEK"), SECRET[:-2], SECRET[8:], PUBLIC):
        with pytest.raises(Unsound, match=r"^this is no private key$"):
            SignerKey.parse(broken)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3+",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+AhpcAhpc",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T",
        PUBLIC + "\n",
        PUBLIC + "=",
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(Unsound):
        VerifierKey.parse(text)


def test_a_private_key_has_the_size_of_one() -> None:
    for kind, seed in ((0x01, bytes(31)), (0x02, bytes(32))):
        with pytest.raises(Unsound, match="not one of Ed25519"):
            SignerKey("name", kind, seed)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u3000b", "a\u2028b", "a\nb", "a\x7f b"])
def test_a_name_has_no_space_and_no_plus(name: str) -> None:
    with pytest.raises(Unsound, match="name of a key"):
        SignerKey.generate(name)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        TEXT.encode(),
        note([]),
        note([LINE[:-1]]),
        note([LINE, "\n"]),
        note([LINE.replace("—", "-")]),
        note([LINE.replace("— ", "—")]),
        note([LINE.replace(" x08", "  x08")]),
        note([LINE.replace("=\n", "\n")]),
        note([LINE.replace("M=\n", "N=\n")]),  # bits that mean nothing
        note([LINE.replace("x08g", "x0 8g")]),
        note(["— PeterNeumann x08go_Y=\n"]),
        note(["— PeterNeumann x08goA==\n"]),
        note(["— PeterNeumann \n"]),
        note(["—  x08go/ZJ\n"]),
        note([LINE.replace("\n", "\r\n")]),
        note([LINE], TEXT.replace(" ", "\t", 1)),
        note([LINE], TEXT.replace(" ", "\x00", 1)),
        note([LINE]).replace(b"know", b"\xffnow"),
        note([LINE] * (MAX_SIGNATURES + 1)),
        note([LINE], TEXT * 20_000),
    ],
)
def test_what_is_no_note_is_refused(raw: bytes) -> None:
    with pytest.raises(Unsound, match=r"note|signature|base 64|name of a key"):
        Note.parse(raw)


def test_a_text_may_have_empty_lines_and_many_may_sign() -> None:
    signers = [SignerKey.generate(f"k{one}") for one in range(MAX_SIGNATURES)]
    made = signed("a\n\n\nb\n", signers)
    found = Note.parse(made.encode())
    assert found == made
    assert found.verified([one.verifier for one in signers]) == tuple(
        one.verifier for one in signers
    )
    for text in ("no newline", "", "tab\t\n"):
        with pytest.raises(ValueError, match="ends with a newline"):
            signed(text, signers[:1])


def test_a_known_key_must_have_signed_and_no_unknown_one_counts() -> None:
    made = signed(CHECKPOINT.text(), [LOG])
    assert made.verified([LOG.verifier, OTHER.verifier]) == (LOG.verifier,)
    for keys in ([OTHER.verifier], [WITNESS.verifier], []):
        with pytest.raises(Unsound, match="no key that is known"):
            made.verified(keys)
    wrong = made._replace(text=made.text + "more\n")
    both = wrong.signed(OTHER)
    for one, keys in ((wrong, [LOG.verifier]), (both, [LOG.verifier, OTHER.verifier])):
        with pytest.raises(Unsound, match=r"^the signature of log\.example\+\w{8} is wrong$"):
            one.verified(keys)
    assert both.verified([OTHER.verifier]) == (OTHER.verifier,)


def test_a_second_wrong_signature_of_a_key_is_not_hidden_by_the_first() -> None:
    made = signed(CHECKPOINT.text(), [LOG])
    forged = made.signatures[0]._replace(content=bytes(64))
    with pytest.raises(Unsound, match="is wrong"):
        made._replace(signatures=(*made.signatures, forged)).verified([LOG.verifier])


def test_signing_again_replaces() -> None:
    made = signed(CHECKPOINT.text(), [LOG]).signed(WITNESS, moment=5).signed(WITNESS, moment=6)
    assert [one.name for one in made.signatures] == ["log.example", "witness.example/w1"]
    assert made.signatures[1].content[:8] == (6).to_bytes(8, "big")
    assert parse_signature(made.signatures[1].line[:-1]) == made.signatures[1]


def test_a_cosignature_is_over_the_time_and_the_checkpoint() -> None:
    made = signed(CHECKPOINT.text(), [LOG]).signed(WITNESS, moment=1_679_315_147)
    witness = WITNESS.verifier
    assert made.verified([witness]) == (witness,)
    signature = made.signatures[1].content
    message = f"cosignature/v1\ntime 1679315147\n{CHECKPOINT.text()}"
    plain = VerifierKey(witness.name, 0x01, witness.public)
    plain.check(message, signature[8:])
    for wrong in (
        (5).to_bytes(8, "big") + signature[8:],
        signature[:-1],
        signature + b"\x00",
        b"\xff" + signature[1:],
    ):
        with pytest.raises(Unsound):
            witness.check(made.text, wrong)
    for moment in (-1, 2**63):
        with pytest.raises((ValueError, OverflowError)):
            WITNESS.sign(made.text, moment)


def test_a_checkpoint_comes_back_with_what_is_below_it() -> None:
    extended = CHECKPOINT._replace(extensions=("more", "and more"))
    for one in (CHECKPOINT, extended, CHECKPOINT._replace(size=0), CHECKPOINT._replace(size=2**60)):
        raw = signed(one.text(), [LOG]).encode()
        assert open_checkpoint(raw, [LOG.verifier], "log.example")[0] == one


@pytest.mark.parametrize(
    ("this", "other"),
    [
        ("\n1\n", "\n01\n"),
        ("\n1\n", "\n+1\n"),
        ("\n1\n", "\n1 \n"),
        ("\n1\n", "\n-1\n"),
        ("\n1\n", "\n1.0\n"),
        ("\n1\n", "\n\n"),
        ("\n1\n", "\n١\n"),
        ("\n1\n", f"\n{2**63}\n"),
        ("\n1\n", f"\n{'9' * 5000}\n"),
        ("log.example\n", "\n"),
        ("=\n", "\n"),
        ("=\n", "=\n\nmore\n"),
        ("=\n", "=="),
    ],
)
def test_a_checkpoint_in_another_spelling_is_refused(this: str, other: str) -> None:
    text = CHECKPOINT.text().replace(this, other)
    with pytest.raises(Unsound):
        Checkpoint.parse(text)


def test_a_log_answers_for_its_own_checkpoints_alone() -> None:
    stranger = SignerKey.generate("other.example")
    for signer in (stranger, WITNESS):
        raw = signed(CHECKPOINT.text(), [signer]).encode()
        with pytest.raises(Unsound, match=r"no key of 'log\.example' signed"):
            open_checkpoint(raw, [signer.verifier])
    raw = signed(CHECKPOINT.text(), [LOG]).encode()
    with pytest.raises(Unsound, match="another log"):
        open_checkpoint(raw, [LOG.verifier], "log.example/2")


ENTRIES = [b"one", b"entry", b"three"]
ROOT = node_hash(node_hash(leaf_hash(b"one"), leaf_hash(b"entry")), leaf_hash(b"three"))
RAW = signed(Checkpoint("log.example", 3, ROOT).text(), [LOG]).encode()
PROOF = InclusionProof(1, (leaf_hash(b"one"), leaf_hash(b"three")), RAW)


@pytest.mark.parametrize("extra", [None, b"", b"beside"])
def test_a_proof_comes_back_and_proves_its_entry(extra: bytes | None) -> None:
    proof = InclusionProof(PROOF.index, PROOF.path, PROOF.checkpoint, extra)
    found = InclusionProof.parse(proof.encode())
    assert found == proof
    assert found.check(b"entry", [LOG.verifier]).size == 3
    for entry, keys in ((b"other", [LOG.verifier]), (b"entry", [OTHER.verifier])):
        with pytest.raises(Unsound):
            found.check(entry, keys)


def test_a_proof_reads_as_the_specification_writes_it() -> None:
    lines = PROOF.encode().decode().split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1] == "index 1"
    assert lines[2] == base64.b64encode(leaf_hash(b"one")).decode()
    assert lines[4:6] == ["", "log.example"]


@pytest.mark.parametrize(
    ("this", "other"),
    [
        (b"@v1", b"@v2"),
        (b"index 1", b"index 01"),
        (b"index 1", b"index -1"),
        (b"index 1", b"index  1"),
        (b"index 1\n", b""),
        (b"index 1\n", b"index 1\nextra YQ==\n"),
        (b"index 1\n", b"extra YR==\nindex 1\n"),
        (b"index 1\n", b"index 1\nYQ==\n"),
        (b"index 1\n", b"index 1\n" + b"A" * 43 + b"=\n"),
        (b"index 1\n", b"index 1\n" * 2),
        (b"index 1\n", b"index 1\n" + (b"A" * 43 + b"=\n") * 63),
        (b"index 1\n", b"index 1\r\n"),
        (b"index", "іndex".encode()),
        (b"\n\n", b"\n"),
        (b"\nlog.example", b"\n\nlog.example"),
    ],
)
def test_a_proof_that_was_changed_is_refused(this: bytes, other: bytes) -> None:
    changed = PROOF.encode().replace(this, other, 1)
    with pytest.raises(Unsound):
        InclusionProof.parse(changed).check(b"entry", [LOG.verifier])
