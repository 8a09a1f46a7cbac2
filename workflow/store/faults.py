"""What can go wrong with the store: a fault is an exception, its docstring the message."""


class StoreFault(Exception):
    """The store failed."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail

    def __str__(self) -> str:
        message = (type(self).__doc__ or "").strip()
        return f"{message} {self.detail}" if self.detail else message


class Unavailable(StoreFault):
    """The store cannot be reached or takes no writes; nothing has happened."""


class DurabilityUnknown(StoreFault):
    """The store's answer was lost; whether the event was recorded shows when it is sent again."""


class ArchiveUnreadable(StoreFault):
    """Records that were moved to the log cannot be read there."""


class WrongDatabase(StoreFault):
    """The database was created with another format or another number of partitions."""


class FolderInUse(StoreFault):
    """Another service uses this data folder."""


class ServerFailed(StoreFault):
    """The embedded server did not start."""
