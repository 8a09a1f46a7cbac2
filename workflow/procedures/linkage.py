"""What the links of a procedure file must hold, so that `system:link` can tell its gates."""

from collections.abc import Iterator, Mapping

from workflow.domain.links import REFERRING
from workflow.domain.principal import LINK
from workflow.domain.procedure import GateLink, Procedure
from workflow.procedures.flow import Found
from workflow.procedures.format import EventEntry, LinkEntry, ProcedureFile
from workflow.procedures.names import unknown

OPENING = "open_gate"

TELLING = (OPENING, "shut_gate")
"""The effects by which the link tells a gate."""

STANDS = "link_stands"


def problems_of_links(file: ProcedureFile) -> Iterator[Found]:
    """What is wrong with a file's links by themselves."""
    hinges: dict[str, str] = {}
    for gate, link in file.links.items():
        if hinges.setdefault(link.procedure, gate) != gate:
            told = f"`{hinges[link.procedure]}` hangs on `{link.procedure}` already"
            yield ("links", gate, "procedure"), told
        if gate not in file.gates:
            yield ("links", gate), unknown("gate", gate, file.gates)
        else:
            yield from _events(file, gate)
        yield from _states(gate, link)
    for kind, event in file.events.items():
        if LINK in event.by:
            yield from _told(file, kind, event)
        elif event.effect == OPENING and event.gate in file.links and STANDS not in event.guards:
            told = f"what opens a linked gate needs the guard `{STANDS}`"
            yield ("events", kind, "effect"), told
        if (
            event.effect == "link_gate"
            and event.gate in file.gates
            and event.gate not in file.links
        ):
            yield ("events", kind, "gate"), f"`{event.gate}` hangs on nothing: name it in `links`"


def _events(file: ProcedureFile, gate: str) -> Iterator[Found]:
    """Each thing that is done to a gate is done by one event."""
    events = [event for event in file.events.values() if event.gate == gate]
    for effect in TELLING:
        found = [event for event in events if event.effect == effect and LINK in event.by]
        if len(found) != 1:
            told = f"one event of `{LINK}` must have the effect `{effect}`, not {len(found)}"
            yield ("links", gate), told
    if not any(event.effect == "link_gate" for event in events):
        yield ("links", gate), "no event has the effect `link_gate`, so nobody could link anything"


def _states(gate: str, link: LinkEntry) -> Iterator[Found]:
    for name in link.shuts:
        if name in link.opens:
            yield ("links", gate, "shuts", name), f"`{name}` cannot both open and shut the gate"


def _told(file: ProcedureFile, kind: str, event: EventEntry) -> Iterator[Found]:
    path = ("events", kind)
    if event.effect not in TELLING or event.gate not in file.links:
        yield (*path, "by", LINK), f"`{LINK}` only opens and shuts gates that stand in `links`"
    elif event.payload != REFERRING:
        told = f"`{LINK}` says which record it tells of: the payload is `{REFERRING}`"
        yield (*path, "payload"), told
    elif STANDS not in event.guards:
        yield (*path, "by", LINK), f"an act of `{LINK}` needs the guard `{STANDS}`"


def without_target(
    procedures: Mapping[tuple[str, int], Procedure],
) -> Iterator[tuple[Procedure, str]]:
    """The procedures whose links lead to no procedure, or to states that no version of it has."""
    for procedure in procedures.values():
        for link in procedure.links.values():
            targets = [one for (name, _), one in procedures.items() if name == link.procedure]
            for told in _astray(link, targets):
                yield procedure, f"links.{link.gate}: {told}"


def _astray(link: GateLink, targets: list[Procedure]) -> Iterator[str]:
    if not targets:
        yield f"there is no procedure `{link.procedure}`"
        return
    known = {state for target in targets for state in target.states}
    for name in (*link.opens, *link.shuts):
        if name not in known:
            yield unknown("state", name, known)
