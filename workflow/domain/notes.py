"""Notes: statements, reports and silences that move nothing."""

from workflow.domain.act import Act
from workflow.domain.application import (
    NOTE_EXCERPT,
    NOTES_KEPT,
    Changes,
    NoteExcerpt,
    Snapshot,
)

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
