"""The way from an earlier version of a procedure: every state of it leads to one of the later."""

from collections.abc import Iterator, Mapping

from workflow.domain.procedure import Procedure
from workflow.procedures.flow import Found
from workflow.procedures.format import ProcedureFile
from workflow.procedures.names import unknown
from workflow.procedures.source import Path


def problems_of_origin(file: ProcedureFile) -> Iterator[Found]:
    """What is wrong with a file's `migrates_from` by itself."""
    origin = file.migrates_from
    if origin is None:
        return
    path: Path = ("migrates_from",)
    if origin.version >= file.version:
        told = f"version {file.version} can follow an earlier version only"
        yield (*path, "version"), told
    for name, target in origin.states.items():
        if target not in file.states:
            yield (*path, "states", name), unknown("state", target, file.states)


def without_way(procedures: Mapping[tuple[str, int], Procedure]) -> Iterator[tuple[Procedure, str]]:
    """The versions whose way from the version before does not fit it, and why."""
    for procedure in procedures.values():
        origin = procedure.migrates_from
        if origin is None:
            continue
        former = procedures.get((procedure.name, origin.version))
        if former is None:
            told = f"migrates_from: there is no version {origin.version} of `{procedure.name}`"
            yield procedure, told
            continue
        for name in origin.states:
            if name not in former.states:
                yield procedure, f"migrates_from: {unknown('state', name, former.states)}"
        for name in former.live_states:
            if name not in origin.states and name not in procedure.states:
                told = f"migrates_from: no state is given for `{name}` of version {origin.version}"
                yield procedure, told
