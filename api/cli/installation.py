"""The procedures of this installation: what a command knows of rules without asking a service."""

from typing import TYPE_CHECKING

from api.cli.faults import Failure
from api.settings import own_procedures
from api.stop import UNUSABLE

if TYPE_CHECKING:
    from workflow.procedures import Procedures


def installed() -> "Procedures":
    """Those that are shipped, and those in the folder that the setting names. Raises Failure."""
    from workflow.procedures import ProcedureError, load_served  # noqa: PLC0415

    folder = own_procedures()
    try:
        return load_served(folder)
    except ProcedureError as error:
        raise Failure("procedures-unsound", UNUSABLE, why=error) from error


def offered() -> "Procedures":
    """The same for a shell's completion, which has no place to tell what is wrong with a folder."""
    from workflow.procedures import load_packaged  # noqa: PLC0415

    try:
        return installed()
    except Failure:
        return load_packaged()
