"""The proof of a record in a file, and what the service finds when it checks a trail itself."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from api.cli.files import written_at_once
from api.client import Refused
from api.reasons import in_both
from api.stop import NO
from workflow.proof.inclusion import InclusionProof

if TYPE_CHECKING:
    from api.cli.session import Session

PAUSE = 0.5
"""Seconds between two looks whether a record is in a checkpoint."""


def write_proof(talk: "Session", application: str, seq: int, file: Path, patience: float) -> None:
    """Write the proof of a record with the record in it, so that the file is all that a verifier
    needs; a record that is not in a checkpoint yet is waited for.
    """
    record = talk.yes(talk.client.record_text(application, seq))
    until = time.monotonic() + patience
    found = talk.client.proof(application, seq)
    while isinstance(found, Refused) and found.code == "not-yet-logged":
        if time.monotonic() > until:
            break
        time.sleep(PAUSE)
        found = talk.client.proof(application, seq)
    proof = InclusionProof.parse(talk.yes(found))
    whole = InclusionProof(proof.index, proof.path, proof.checkpoint, record)
    with written_at_once(file) as target:
        target.write(whole.encode())
    if talk.output.json:
        talk.output.write({"file": str(file), "seq": seq, "index": proof.index})
    talk.output.say("proof-written", seq=seq, index=proof.index, file=file)


def show_verification(talk: "Session", application: str) -> None:
    """Tell what the service finds in a trail: of its chain, and of the log. Raises Exit."""
    found = talk.yes(talk.client.verify_trail(application))
    output, log = talk.output, found.log
    if output.json:
        output.write(found.model_dump())
    elif found.first_bad is None:
        output.say("verify-ok", count=found.checked, head=found.head)
    else:
        reason = output.label(in_both(found.reason or "")._asdict())
        output.say("verify-bad", seq=found.first_bad, reason=reason)
    if log.ok:
        output.say("log-has", checked=log.checked_to or 0, count=found.checked, size=log.size)
    else:
        reason = output.label(in_both(log.reason or "")._asdict())
        output.say("log-contradicts-trail", seq=log.first_bad or 0, reason=reason)
    if not found.ok:
        raise typer.Exit(NO)
