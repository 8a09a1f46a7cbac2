"""From a procedure file to a procedure: read, checked in full, and given its digest.

The problems of a file's writing and shape are told together; what its names and ways mean is
looked at once its shape is right.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from workflow.domain import canonical
from workflow.domain.procedure import Procedure
from workflow.procedures.assembly import assemble
from workflow.procedures.check import check
from workflow.procedures.format import ProcedureFile
from workflow.procedures.linkage import without_target
from workflow.procedures.names import PATTERNS_IN_WORDS
from workflow.procedures.origin import without_way
from workflow.procedures.source import Problem, ProcedureError, Source, read

PACKAGED = Path(__file__).parent
"""The folder of the procedures that are shipped."""

SUFFIXES = (".yaml", ".yml")
"""How the name of a procedure file ends."""

Procedures = Mapping[tuple[str, int], Procedure]
"""Every procedure by its name and version."""


class Written(NamedTuple):
    """A procedure file as it was read."""

    path: Path
    text: bytes


def load(path: Path) -> Procedure:
    """Read one file. Raises ProcedureError with everything that is wrong with it."""
    return parse(_read(path).text, str(path))


def parse(text: bytes, file: str) -> Procedure:
    """Make a procedure of a file's text; `file` names it in problems. Raises ProcedureError."""
    source = read(text, file)
    written = _shaped(source)
    problems = [source.problem(path, _at(source, path, told)) for path, told in check(written)]
    if problems:
        raise ProcedureError(problems)
    return assemble(written, canonical.sha256(canonical.encode(source.content)))


def written_in(*folders: Path) -> tuple[Written, ...]:
    """Every procedure file of some folders. Raises ProcedureError."""
    found: list[Written] = []
    problems: list[Problem] = []
    for path in (path for folder in folders for path in sorted(folder.iterdir())):
        if path.suffix in SUFFIXES:
            try:
                found.append(_read(path))
            except ProcedureError as error:
                problems += error.problems
    if problems:
        raise ProcedureError(problems)
    return tuple(found)


def load_all(*folders: Path) -> Procedures:
    """Every procedure of some folders; see `load_written`."""
    return load_written(written_in(*folders))


def load_written(written: Iterable[Written]) -> Procedures:
    """Every procedure of some files; a later folder may repeat what an earlier one has. Raises
    ProcedureError with the problems of all files.
    """
    found: dict[tuple[str, int], Procedure] = {}
    files: dict[tuple[str, int], Path] = {}
    problems: list[Problem] = []
    for path, text in written:
        try:
            procedure = parse(text, str(path))
        except ProcedureError as error:
            problems += error.problems
            continue
        key = procedure.name, procedure.version
        if key not in found:
            found[key], files[key] = procedure, path
        elif files[key].parent == path.parent or found[key].digest != procedure.digest:
            told = f"another file is `{key[0]}` version {key[1]} already: {files[key].name}"
            problems.append(Problem(str(path), 1, told))
    for one, told in (*without_way(found), *without_target(found)):
        problems.append(Problem(str(files[one.name, one.version]), 1, told))
    if problems:
        raise ProcedureError(problems)
    return found


def load_packaged() -> Procedures:
    """The procedures that are shipped."""
    return load_all(PACKAGED)


def served(own: Path | None) -> tuple[Written, ...]:
    """The files that are shipped, and those of the operator's own folder. Raises ProcedureError."""
    if own is None:
        return written_in(PACKAGED)
    if not own.is_dir():
        raise ProcedureError([Problem(str(own), 1, "there is no such folder")])
    return written_in(PACKAGED, own)


def load_served(own: Path | None) -> Procedures:
    """The procedures of these files. Raises ProcedureError."""
    return load_written(served(own))


def _read(path: Path) -> Written:
    try:
        return Written(path, path.read_bytes())
    except OSError as error:
        told = f"cannot be read: {error.strerror}"
        raise ProcedureError([Problem(str(path), 1, told)]) from error


def _shaped(source: Source) -> ProcedureFile:
    if not isinstance(source.content, dict):
        told = "a procedure file is a mapping that begins with `procedure: <name>`"
        raise ProcedureError([*source.problems, source.problem((), told)])
    try:
        written = ProcedureFile.model_validate(source.content)
    except ValidationError as error:
        raise ProcedureError([*source.problems, *_misshapen(source, error)]) from error
    if source.problems:
        raise ProcedureError(source.problems)
    return written


def _misshapen(source: Source, error: ValidationError) -> Iterator[Problem]:
    for found in error.errors(include_url=False):
        path = source.known(found["loc"])
        yield source.problem(path, _at(source, found["loc"], _sentence(dict(found))))


def _sentence(found: dict[str, Any]) -> str:
    """Pydantic's words, said for somebody who writes YAML."""
    match found["type"]:
        case "missing":
            return f"`{found['loc'][-1]}` is missing"
        case "extra_forbidden":
            return f"`{found['loc'][-1]}` has no meaning here"
        case "string_type":
            return "must be a text; a number needs quotes"
        case "bool_type":
            return "must be true or false"
        case "model_type" | "dict_type":
            return "must be a mapping (`key: value`)"
        case "too_short":
            return "must not be empty"
        case "string_pattern_mismatch":
            return f"must be {PATTERNS_IN_WORDS[found['ctx']['pattern']]}"
        case _:
            told: str = found["msg"].replace("Input should be", "must be")
            return told.replace("String should", "must")


def _at(source: Source, path: tuple[str | int, ...], told: str) -> str:
    """The sentence, with the place it is about."""
    place = ".".join(str(key) for key in source.known(path))
    return f"{place}: {told}" if place else told
