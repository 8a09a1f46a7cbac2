"""The process that tries a candidate (api/console/trial.py): rules first, then a trail a line, with
the instant at which it is asked and the time limits that run for it (null: nobody knows).

It answers each line with a line. What a stranger wrote may be as slow and as large as it likes:
whoever started the process ends it, and it gets no more memory than this.
"""

import os
import resource
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import orjson

from workflow.domain import trail
from workflow.procedures import ProcedureError, parse
from workflow.procedures.comparison import facts
from workflow.simulation import Candidate, Limits

GIVING_WAY = 10
"""How much further back than the service it stands in line for a core (nice)."""

MEMORY = 1 << 30
"""Bytes of address space."""


def main() -> None:
    """Read the rules, answer with their facts or their problems, and try them on every trail."""
    os.nice(GIVING_WAY)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        procedure = parse(orjson.loads(sys.stdin.buffer.readline()).encode(), "")
    except ProcedureError as error:
        _answer({"problems": [[one.line, one.message] for one in error.problems]})
        return
    candidate = Candidate(procedure)
    named = {"name": procedure.name, "version": procedure.version, "digest": procedure.digest}
    _answer({**named, "facts": facts(procedure)})
    for line in sys.stdin.buffer:
        texts, now, running = orjson.loads(line)
        limits = None if running is None else Limits(*running)
        _answer(tried(candidate, [text.encode() for text in texts], now, limits))


def tried(
    candidate: Candidate, texts: Sequence[bytes], now: str, limits: Limits | None
) -> Mapping[str, Any] | None:
    """What would be other than it is; None of a trail that is not sound."""
    if not trail.verify(texts).ok:
        return None
    found = candidate.simulate(texts, now, lambda _snapshot: limits)
    shown = asdict(found)
    return {**shown, "elsewhere": found.elsewhere, "differs": found.differs} | {
        "otherwise": [other._asdict() for other in found.otherwise],
    }


def _answer(value: Mapping[str, Any] | None) -> None:
    sys.stdout.buffer.write(orjson.dumps(value) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
