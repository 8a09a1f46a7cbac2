"""How it stands with the log: what was signed last, and what the last check of it found."""

import asyncio
from typing import NamedTuple

from api import log_checks
from api.log_checks import Verdict
from api.parts import Parts
from api.reasons import in_both
from workflow.domain.procedure import Label
from workflow.log.directory import Damaged
from workflow.proof.checkpoint import Checkpoint, open_checkpoint
from workflow.proof.merkle import EMPTY_ROOT
from workflow.proof.unsound import Unsound

NOTHING = Checkpoint("", 0, EMPTY_ROOT)


class LogStanding(NamedTuple):
    """`text` is the last checkpoint, exactly as signed; None where there is none yet. `fault`: why
    nothing can be said of the log, or what is wrong with it at once. `stopped`, `behind`: nothing
    is added to it, or not fast enough.
    """

    text: str | None
    signed: Checkpoint
    fault: Label | None
    verdict: Verdict | None
    under_way: bool
    stopped: bool
    behind: bool

    @property
    def reason(self) -> Label | None:
        """Why the last check found the log broken."""
        verdict = self.verdict
        return None if verdict is None or verdict.reason is None else in_both(verdict.reason)


async def standing(parts: Parts) -> LogStanding:
    """How it stands now. The signature is checked; entries are by a check of the whole alone."""
    return await asyncio.to_thread(_standing, parts)


def _standing(parts: Parts) -> LogStanding:
    data = parts.settings.data
    verdict, text, signed, fault = log_checks.last(data), None, NOTHING, None
    stopped = False
    try:
        stopped = parts.log.finding() is not None
        raw = parts.log.checkpoint()
        if raw is not None:
            text = raw.decode(errors="replace")
            signed, _ = open_checkpoint(raw, parts.log_keys.public())
            fault = _rewritten(signed, verdict)
    except (Unsound, Damaged) as error:
        fault = in_both(f"the log's checkpoint is not good: {error}")
    except OSError as error:
        fault = Label(
            f"the log cannot be read: {error.strerror}", f"无法读取日志：{error.strerror}"
        )
    under_way = log_checks.under_way(data)
    return LogStanding(text, signed, fault, verdict, under_way, stopped, parts.lag.behind)


def _rewritten(signed: Checkpoint, verdict: Verdict | None) -> Label | None:
    """What the last check gives away at once: a tree that was there and is not any more."""
    if verdict is None or not verdict.ok:
        return None
    if signed.size < verdict.size:
        return in_both(f"the log has {signed.size} entries; it had {verdict.size} before")
    if signed.size == verdict.size and signed.root.hex() != verdict.root:
        return in_both(f"two checkpoints of {signed.size} entries have different roots")
    return None
