"""Commits as the service would make them, without its rules."""

from dataclasses import replace
from hashlib import sha256

from workflow.store import Commit

BEGAN = 1_769_000_000_000


def event_id(name: str) -> bytes:
    return sha256(name.encode()).digest()[:16]


def head(subject: str, version: int) -> str:
    return sha256(f"{subject} {version}".encode()).hexdigest()


def document(subject: str, version: int, size: int = 0) -> bytes:
    return f"{version} {head(subject, version)} 0 {{}}".encode().ljust(size)


def act(
    subject: str,
    expected: int,
    event: str = "",
    add: tuple[str, ...] = (),
    remove: tuple[str, ...] = (),
    created_ms: int = BEGAN,
) -> Commit:
    """The commit that brings a subject from a version to the next; its event is named by both."""
    name = event or f"{subject} {expected + 1}"
    return Commit(
        subject=subject,
        event=event_id(name),
        expected=expected,
        document=document(subject, expected + 1),
        record=f'{{"event":"{name}","seq":{expected + 1}}}'.encode(),
        created_ms=created_ms,
        add=add,
        remove=remove,
    )


def trail(subject: str, length: int) -> list[Commit]:
    """The commits that make a whole trail."""
    return [act(subject, expected) for expected in range(length)]


def by_another(commit: Commit) -> Commit:
    """The same event, decided by another process: another record."""
    return replace(commit, record=commit.record + b" ")
