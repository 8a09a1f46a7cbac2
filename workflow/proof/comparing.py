"""What else a log is held against while it is read: a trail, and the states that are reported."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from workflow.domain.application import Snapshot, standing
from workflow.proof.unsound import Unsound
from workflow.proof.whole import Bad, Entry

APPLICATION = "application/"


class OneTrail:
    """A trail, sound in itself, of which the log has every record, and nothing beyond."""

    def __init__(self, subject: str, texts: Sequence[bytes]) -> None:
        self._subject, self._texts = subject, texts
        self._found = 0

    def __len__(self) -> int:
        return len(self._texts)

    def take(self, entry: Entry) -> None:
        """Its records follow each other in the log. Raises Unsound."""
        if entry.record["subject"] != self._subject:
            return
        if self._found == len(self._texts):
            raise Unsound("the log has this record and the trail does not")
        if self._texts[self._found] != entry.text:
            raise Unsound("the trail has another record in this place")
        self._found += 1

    def end(self) -> None:
        """Nothing is left. Raises Bad."""
        if self._found < len(self._texts):
            raise Bad(
                "the trail has this record and the log does not",
                None,
                self._subject,
                self._found + 1,
            )


class Reported(NamedTuple):
    """What a service says of an application."""

    version: int
    head: str
    state: str
    standing: str


class States:
    """The states that a service reports, each of which its records have to lead to. The log may
    have gone on since; what was opened before the latest of `until` has to be among them.
    """

    def __init__(self, reported: Mapping[str, Reported], until: str) -> None:
        self._reported, self._until = dict(reported), until
        self._open = dict(reported)
        self.later = 0
        """Applications that were opened since."""

    def __len__(self) -> int:
        return len(self._reported)

    @classmethod
    def of(cls, items: Sequence[Mapping[str, Any]]) -> "States":
        """From a list as the service gives it. Raises ValueError for another shape."""
        try:
            reported = {
                f"{APPLICATION}{one['id']}": Reported(*(one[name] for name in Reported._fields))
                for one in items
            }
            until = max((str(one["updated_at"]) for one in items), default="")
        except (KeyError, TypeError) as error:
            raise ValueError("it is no list of applications") from error
        return cls(reported, until)

    def take(self, entry: Entry) -> None:
        """The state at the version that is reported. Raises Unsound."""
        subject, document = entry.record["subject"], entry.document
        reported = self._reported.get(subject)
        if reported is None:
            if document.version == 1 and subject.startswith(APPLICATION):
                self._note_unreported(document.recorded_at)
        elif document.version == reported.version:
            del self._open[subject]
            found = _state_of(entry)
            if found != reported:
                raise Unsound(
                    f"the service reports {_told(reported)}, its records lead to {_told(found)}"
                )

    def end(self) -> None:
        """Every version was met. Raises Bad."""
        for subject, reported in self._open.items():
            reason = f"version {reported.version}, which the service reports, is not in the log"
            raise Bad(reason, None, subject, reported.version)

    def _note_unreported(self, recorded_at: str) -> None:
        if recorded_at <= self._until:
            raise Unsound("the service does not report this application")
        self.later += 1


def _state_of(entry: Entry) -> Reported:
    version, head, _, snapshot = entry.document
    try:
        return Reported(version, head, snapshot["state"], standing(cast(Snapshot, snapshot)))
    except KeyError as error:
        raise Unsound("the records lead to no state") from error


def _told(one: Reported) -> str:
    return f"{one.state}, {one.standing}, {one.head[:16]}"
