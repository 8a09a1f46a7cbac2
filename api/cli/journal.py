"""How far an import has come, in a small file beside the imported one.

It only saves work: without it every line is sent again, and the keys keep each from being done
twice. It is believed only where the file still begins as it did and the service still has the
record that the last line left.
"""

import contextlib
import json
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

SUFFIX = ".progress"


@dataclass(slots=True)
class Progress:
    """`lines` that are done, among them those counted here; `last` is the record that a line
    left last: application, seq, hash. `refs` has the ids of applications that were opened.
    """

    lines: int = 0
    new: int = 0
    replayed: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)
    refs: dict[str, str] = field(default_factory=dict)
    last: tuple[str, int, str] | None = None


class Journal:
    """The journal of one import by the holder of one key; a journal that cannot be kept is done
    without.
    """

    def __init__(self, file: Path | None, texts: list[bytes], holder: str | None) -> None:
        self._path = None if file is None else file.with_name(file.name + SUFFIX)
        self._texts, self._holder = texts, holder
        self._hash, self._hashed = sha256(), 0

    def read(self) -> Progress | None:
        """What an earlier run came to, when it was about this beginning of the file."""
        if self._path is None:
            return None
        try:
            told = json.loads(self._path.read_bytes())
            holder, begins, progress = told["holder"], told["begins"], Progress(**told["progress"])
            fits = 0 < progress.lines <= len(self._texts) and progress.last is not None
            if not fits or holder != self._holder or begins != self._digest(progress.lines):
                return None
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return progress

    def write(self, progress: Progress) -> None:
        """Note how far it has come."""
        if self._path is None:
            return
        told = {
            "holder": self._holder,
            "begins": self._digest(progress.lines),
            "progress": asdict(progress),
        }
        draft = self._path.with_name(self._path.name + ".new")
        with contextlib.suppress(OSError):
            draft.write_text(json.dumps(told), encoding="utf-8")
            draft.replace(self._path)

    def remove(self) -> None:
        """Nothing is left to go on with."""
        if self._path is not None:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _digest(self, lines: int) -> str:
        if lines < self._hashed:
            self._hash, self._hashed = sha256(), 0
        for text in self._texts[self._hashed : lines]:
            self._hash.update(text + b"\n")
        self._hashed = lines
        return self._hash.hexdigest()
