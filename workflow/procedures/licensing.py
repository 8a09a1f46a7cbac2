"""What the `licence` of a procedure file must hold, so that no licence is without an end."""

from collections.abc import Iterator

from workflow.domain.validity import BOUNDED
from workflow.procedures.flow import Found
from workflow.procedures.format import ProcedureFile
from workflow.procedures.source import Path

GRANTING = "grant_licence"
"""The effect that leaves the terms of a licence to the procedure."""


SHIPPING, ENDING, VALID = "record_shipment", "expire_licence", "within_validity"
"""The effect that uses a licence, the one that ends it, and the guard that asks whether it has
ended.
"""


def problems_of_licence(file: ProcedureFile) -> Iterator[Found]:
    """What is wrong with the terms that a file gives its licences."""
    rule = file.licence
    lasts = rule is not None and rule.validity is not None
    for kind, event in file.events.items():
        if event.effect == GRANTING and not lasts:
            told = f"the effect `{GRANTING}` needs a `licence` with its `validity`"
            yield ("events", kind, "effect"), told
    yield from _unending(file)
    if rule is None:
        return
    path: Path = ("licence",)
    if rule.validity is None and rule.max_uses is None:
        yield path, "says nothing; give a `validity` or `max_uses`, or leave it out"
    if rule.validity and (rule.validity.months is None) == (rule.validity.days is None):
        yield (*path, "validity"), "needs either `months` or `days`"
    if not any(event.effect in BOUNDED for event in file.events.values()):
        effects = ", ".join(f"`{effect}`" for effect in BOUNDED)
        yield path, f"no event has an effect that gives a licence its terms: {effects}"


def _unending(file: ProcedureFile) -> Iterator[Found]:
    """A licence ends by an event of its own, or by the date that whoever ships must keep."""
    if any(event.effect == ENDING for event in file.events.values()):
        return
    for kind, event in file.events.items():
        if event.effect == SHIPPING and VALID not in event.guards:
            told = f"the licence never ends: use the guard `{VALID}`, or an effect `{ENDING}`"
            yield ("events", kind, "guards"), told
