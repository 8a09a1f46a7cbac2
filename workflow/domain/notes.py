"""Notes: statements, reports and silences that move nothing."""

from workflow.domain import holds
from workflow.domain.act import Act
from workflow.domain.application import (
    NOTE_EXCERPT,
    NOTES_KEPT,
    Changes,
    NoteExcerpt,
    Snapshot,
)

NOTE = "note"
"""The effect of a note."""


def alone(changes: Changes) -> bool:
    """Whether these are the changes of a note: nothing else hangs on them."""
    touched = [*changes["set"], *changes.get("unset", ())]
    notes = any(path.startswith("/notes/") for path in touched)
    return notes and all(path.startswith(("/notes/", "/acted/")) for path in touched)


def stays(snapshot: Snapshot, kind: str, authority: str | None, changes: Changes) -> bool:
    """Whether a note changes the same here as it did: no hold stops it, and its authority acted
    before it just if it had then.
    """
    first = authority is not None and authority not in snapshot["acted"]
    same = first == (f"/acted/{authority}" in changes["set"])
    return same and holds.naming(snapshot, kind) is None


# effects


def add_note(snapshot: Snapshot, act: Act) -> Changes:
    """The beginning of the note joins the latest ones; the oldest of them leaves."""
    text = act.data["text"]
    excerpt = NoteExcerpt(
        text=text[:NOTE_EXCERPT],
        truncated=len(text) > NOTE_EXCERPT,
        topic=act.data["topic"],
        authority=act.actor.authority,
        effective_at=act.effective_at,
    )
    changes = Changes(set={f"/notes/{act.seq}": excerpt})
    kept = sorted(snapshot["notes"], key=int)
    if len(kept) >= NOTES_KEPT:
        changes["unset"] = [f"/notes/{seq}" for seq in kept[: len(kept) - NOTES_KEPT + 1]]
    return changes
