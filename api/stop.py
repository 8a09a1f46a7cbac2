"""A command that cannot go on."""

NO, UNUSABLE = 1, 2
"""Exit codes: the answer is no; it could not be asked (usage, a file that cannot be read)."""


class Stop(Exception):
    """The command ends here; the message is for the user, the code for the shell."""

    def __init__(self, message: str, code: int = NO) -> None:
        super().__init__(message)
        self.code = code
