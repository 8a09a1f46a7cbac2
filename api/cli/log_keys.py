"""The public keys of logs and witnesses that a command is given."""

from collections.abc import Sequence

from api.cli.faults import Failure, why
from api.cli.files import content
from api.stop import UNUSABLE
from workflow.proof.keys import VerifierKey
from workflow.proof.unsound import Unsound


def verifier_keys(given: Sequence[str]) -> tuple[VerifierKey, ...]:
    """Each the text of a key, `name+id+base64`, or a file with one in each line. Raises
    Failure.
    """
    found = list[VerifierKey]()
    for one in given:
        try:
            found += _read(one)
        except (Unsound, UnicodeDecodeError) as error:
            raise Failure("not-a-key", UNUSABLE, file=one, why=why(error)) from error
    return tuple(dict.fromkeys(found))


def _read(given: str) -> list[VerifierKey]:
    try:
        return [VerifierKey.parse(given)]
    except Unsound as error:
        if given.count("+") >= 2:  # no file is called so by accident: it was meant for a key
            raise
        lines = [line.strip() for line in content(given).decode().splitlines()]
        keys = [VerifierKey.parse(line) for line in lines if line]
        if not keys:
            raise Unsound("there is no key in it") from error
        return keys
