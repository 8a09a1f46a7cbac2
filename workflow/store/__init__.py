"""Redis or Valkey: the only place that knows its keys, and that speaks to it."""

from workflow.store.checks import Finding, check_server
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
    DurabilityUnknown,
    FolderInUse,
    ServerFailed,
    StoreFault,
    Unavailable,
    WrongDatabase,
)
from workflow.store.link import connect
from workflow.store.sessions import SessionStore
from workflow.store.store import Store

__all__ = [
    "NEVER",
    "Attended",
    "Buried",
    "Commit",
    "Committed",
    "Due",
    "DurabilityUnknown",
    "EmbeddedServer",
    "Finding",
    "FolderInUse",
    "Loaded",
    "Outcome",
    "Page",
    "Position",
    "Repeated",
    "ServerFailed",
    "SessionStore",
    "Stale",
    "Store",
    "StoreFault",
    "Unavailable",
    "WrongDatabase",
    "check_server",
    "connect",
]
