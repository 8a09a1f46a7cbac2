"""Who may read the metrics."""

import re
from dataclasses import dataclass, field

from api.settings.environment import PREFIX, Unfit, variable

_TOKEN = re.compile(r"[A-Za-z0-9_-]{40,256}")
"""What RFC 6750 section 2.1 has a bearer token of, but for what would take it apart in a path: a
secret is found there by its length (`api/security_log.py`).
"""


@dataclass(frozen=True, slots=True)
class Metrics:
    """Operators and auditors may, whatever is set here."""

    public: bool = False
    """Whether everybody may."""
    token: str | None = field(default=None, repr=False)
    """Whoever bears it may, and nothing else."""

    def __post_init__(self) -> None:
        if self.token is not None and not _TOKEN.fullmatch(self.token):
            told = f"{PREFIX}METRICS_TOKEN has 40 to 256 of the signs A-Z a-z 0-9 - _"
            raise Unfit(told)
        if self.public and self.token is not None:
            raise Unfit(f"{PREFIX}METRICS is public: then nobody needs {PREFIX}METRICS_TOKEN")

    @classmethod
    def from_environment(cls) -> "Metrics":
        """What is set, else the defaults. Raises Unfit."""
        word = variable("METRICS") or "operators"
        if word not in ("operators", "public"):
            raise Unfit(f"{PREFIX}METRICS is operators or public, not {word}")
        return cls(word == "public", variable("METRICS_TOKEN"))
