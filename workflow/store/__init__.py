"""Redis or Valkey: the only place that knows its keys, and that speaks to it."""

from workflow.store.agenda import Agenda
from workflow.store.archive import Hot
from workflow.store.bell import Bell
from workflow.store.beside import Piece
from workflow.store.changes import Changes
from workflow.store.checks import Finding, check_server, server_clock
from workflow.store.commits import (
    NEVER,
    Attended,
    Buried,
    Commit,
    Committed,
    Due,
    Loaded,
    Outcome,
    Page,
    Position,
    Repeated,
    Stale,
)
from workflow.store.embedded import EmbeddedServer
from workflow.store.faults import (
    ArchiveUnreadable,
    DurabilityUnknown,
    FolderInUse,
    ServerFailed,
    StoreFault,
    Unavailable,
    WrongDatabase,
)
from workflow.store.journal import JournalStore, Stored
from workflow.store.link import connect
from workflow.store.sessions import SessionStore
from workflow.store.store import Store

__all__ = [
    "NEVER",
    "Agenda",
    "ArchiveUnreadable",
    "Attended",
    "Bell",
    "Buried",
    "Changes",
    "Commit",
    "Committed",
    "Due",
    "DurabilityUnknown",
    "EmbeddedServer",
    "Finding",
    "FolderInUse",
    "Hot",
    "JournalStore",
    "Loaded",
    "Outcome",
    "Page",
    "Piece",
    "Position",
    "Repeated",
    "ServerFailed",
    "SessionStore",
    "Stale",
    "Store",
    "StoreFault",
    "Stored",
    "Unavailable",
    "WrongDatabase",
    "check_server",
    "connect",
    "server_clock",
]
