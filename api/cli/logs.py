"""A whole log, and the proof of one record, as `verify` checks them and tells of it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from api.cli.faults import Failure, why
from api.cli.files import content, exported, json_object
from api.cli.log_keys import verifier_keys
from api.cli.options import Keyed, Reach
from api.cli.output import Output
from api.cli.reaching import reached
from api.log_source import Unreachable, source_of
from api.reasons import in_both
from api.stop import UNAVAILABLE, UNUSABLE
from workflow.domain import trail
from workflow.proof.checkpoint import Checkpoint, open_checkpoint
from workflow.proof.comparing import OneTrail, States
from workflow.proof.growing import Read
from workflow.proof.inclusion import InclusionProof
from workflow.proof.keys import VerifierKey
from workflow.proof.proved import check_proof
from workflow.proof.unsound import Unsound
from workflow.proof.whole import Bad, Watch, check_log

if TYPE_CHECKING:
    from api.cli.verifying import Against

Told = dict[str, Any]


def verify_log(output: Output, target: str, keyed: Keyed, against: "Against") -> bool:
    """Check a log in a folder or at an address. Raises Failure."""
    keys = _keys(against)
    states = None if against.states is None else _states(against.states)
    told: Told = {"checked": 0}
    try:
        one = None if against.trail is None else _trail(against.trail)
        watches = [watch for watch in (states, one) if watch is not None]
        with source_of(target, _credential(target, keyed)) as source:
            checkpoint = _checkpoint(target, source.read, keys)
            since = None if against.since is None else _kept(against.since, keys)
            told |= _tree(checkpoint)
            told |= _run(output, source.read, checkpoint, since, watches, told)
    except Unreachable as error:
        raise Failure("unavailable", UNAVAILABLE, why=error) from error
    except Bad as bad:
        return _tell_bad(output, bad, told)
    if output.json:
        remarks = _remarks(against)
        output.write({"ok": True, **told, "first_bad": None, "reason": None, "remarks": remarks})
        return True
    output.say("log-ok", **told)
    if since is not None:
        output.say("log-since", size=since.size)
    if one is not None:
        output.say("log-trail", count=len(one))
    if states is not None:
        output.say("log-states", count=len(states), later=states.later)
    for remark in _remarks(against):
        output.say(f"verify-{remark}")
    return True


def verify_proof(output: Output, found: bytes, against: "Against") -> bool:
    """Check the proof of one record, with the record beside it or in an exported trail. Raises
    Failure.
    """
    keys = _keys(against)
    records = list[bytes]()
    if against.trail is not None:
        records = exported(against.trail, content(against.trail)).records
    try:
        proof = InclusionProof.parse(found)
        record, checkpoint = check_proof(proof, records, keys)
    except ValueError as error:
        return _tell_bad(output, Bad(str(error)), {"checked": 0})
    named = {"index": proof.index, "subject": record["subject"], "seq": record["seq"]}
    told: Told = {**named, **_tree(checkpoint)}
    if output.json:
        output.write({"ok": True, "checked": 1, **told, "first_bad": None, "reason": None})
    output.say("proof-ok", **told)
    return True


def _run(
    output: Output,
    read: Read,
    checkpoint: Checkpoint,
    since: Checkpoint | None,
    watches: Sequence[Watch],
    told: Told,
) -> Told:
    """How many trails there are; counts what is checked on the way. Raises Bad."""
    with output.progress("verifying", checkpoint.size) as advance:

        def count(entries: int) -> None:
            told["checked"] += entries
            advance(entries)

        trails = check_log(read, checkpoint, since, watches, count)
    return {"trails": trails, "checked": checkpoint.size}


def _tell_bad(output: Output, bad: Bad, told: Told) -> bool:
    where = {"index": bad.index, "subject": bad.subject, "seq": bad.seq}
    if output.json:
        output.write({"ok": False, **told, "first_bad": where, "reason": str(bad)})
        return False
    reason = output.label(in_both(str(bad))._asdict())
    if bad.seq is None or bad.subject is None:
        name = "log-bad" if bad.index is None else "log-bad-entry"
    else:
        name = "log-bad-missing" if bad.index is None else "log-bad-record"
    output.say(name, **where, reason=reason)
    if told["checked"]:
        output.say("log-sound", checked=told["checked"])
    return False


def _keys(against: "Against") -> tuple[VerifierKey, ...]:
    if not against.key:
        raise Failure("key-unknown", UNUSABLE)
    return verifier_keys(against.key)


def _credential(target: str, keyed: Keyed) -> str | None:
    """The key that is shown to an address: what was named for it, nothing that is found."""
    reach = Reach(url=target, api_key=keyed.api_key, api_key_file=keyed.api_key_file)
    return reached(reach).key


def _checkpoint(target: str, read: Read, keys: Sequence[VerifierKey]) -> Checkpoint:
    raw = read("checkpoint")
    if raw is None:
        reason = in_both("there is no checkpoint in it")
        raise Failure("unreadable", UNUSABLE, file=target, why=reason)
    try:
        return open_checkpoint(raw, keys)[0]
    except Unsound as error:
        raise Bad(f"the checkpoint: {error}") from error


def _kept(file: str, keys: Sequence[VerifierKey]) -> Checkpoint:
    try:
        return open_checkpoint(content(file), keys)[0]
    except Unsound as error:
        raise Failure("not-a-checkpoint", UNUSABLE, file=file, why=why(error)) from error


def _trail(file: str) -> OneTrail:
    """A trail that is whole and sound by itself. Raises Bad and Failure."""
    records = exported(file, content(file)).records
    verdict = trail.verify(records)
    if not verdict.ok:
        raise Bad(verdict.reason or "", None, file, verdict.first_bad)
    return OneTrail(trail.read(records[0])["subject"], records)


def _states(file: str) -> States:
    listed: Mapping[str, Any] = json_object(file)
    try:
        return States.of(listed["items"])
    except (KeyError, ValueError) as error:
        raise Failure("not-a-list", UNUSABLE, file=file) from error


def _tree(checkpoint: Checkpoint) -> Told:
    return {
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
    }


def _remarks(against: "Against") -> list[str]:
    """What the check could not show."""
    return [] if against.since else ["unknown-past"]
