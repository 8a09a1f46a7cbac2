"""How a command ends: the exit codes, which never change their meaning, and the way out."""

NO = 1
"""The answer is no: a bad trail, a bad procedure, two that differ; or the command itself failed."""
UNUSABLE = 2
"""It could not be asked: wrong usage, a file that cannot be read, a request that is not valid."""
REFUSED = 3
"""The service refused, with a reason."""
NOT_FOUND = 4
"""What was named does not exist, or may not be seen."""
STALE = 5
"""It has changed since: the precondition (`--if-match`) does not hold."""
UNAVAILABLE = 6
"""No service answered as it should in time; what was posted may be recorded or not."""
INTERRUPTED = 130
"""Ctrl-C (128 and the number of SIGINT)."""


class Stop(Exception):
    """The command ends here; the message is for the user, the code for the shell."""

    def __init__(self, message: str, code: int = NO) -> None:
        super().__init__(message)
        self.code = code


class Departed(Stop):
    """The rules of this process are others than those that were published."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(
            message
            or "a version of a procedure was published with other rules than this process has; "
            "start it again with every file as it was published."
        )
