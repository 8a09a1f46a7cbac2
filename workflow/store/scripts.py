"""The Lua scripts beside this file."""

from hashlib import sha1
from importlib.resources import files


class Script:
    """A script, named to the server by the SHA-1 of its text."""

    def __init__(self, name: str) -> None:
        self.text = files(__package__).joinpath(f"{name}.lua").read_bytes()
        self.sha = sha1(self.text, usedforsecurity=False).hexdigest()


COMMIT = Script("commit")
LOAD = Script("load")
PAGE = Script("page")
NEWEST = Script("newest")
MATCHING = Script("matching")
DUE = Script("due")
SOONEST = Script("soonest")
SIZES = Script("sizes")
ATTEND = Script("attend")
BURY = Script("bury")
PLACE = Script("place")
LOGGED = Script("logged")
HOT = Script("hot")
ARCHIVE = Script("archive")
JOURNAL = Script("journal")
FEED = Script("feed")
PUBLISH = Script("publish")
KEEP = Script("keep")
WEBHOOK_FILL = Script("webhook_fill")
WEBHOOK_CLAIM = Script("webhook_claim")
WEBHOOK_SETTLE = Script("webhook_settle")
WEBHOOK_QUEUE = Script("webhook_queue")
WEBHOOK_MEND = Script("webhook_mend")
WINDOW = Script("window")
SEVERAL = Script("several")
SHED = Script("shed")
TRIM = Script("trim")
PROBE = Script("probe")
