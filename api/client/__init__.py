"""A typed client of the service: `Client` is asynchronous, `BlockingClient` waits.

A refusal is a value, `Refused`; a ClientFault is raised for what no rule made. See
docs/client.md.
"""

from api.client.applications import ApplicationFilter, TrailFilter
from api.client.blocking import BlockingClient
from api.client.client import Client
from api.client.faults import (
    BrokenTrail,
    ClientFault,
    MalformedAnswer,
    NotClearance,
    ServiceFailed,
    Unavailable,
    Unsendable,
)
from api.client.following import Streamed, StreamFilter
from api.client.identity import Identity
from api.client.journal import JournalFilter
from api.client.outcomes import (
    Accepted,
    BatchOutcome,
    Entered,
    Found,
    NotModified,
    Refused,
    Rehearsed,
    Unresolved,
    WasRefused,
    expect,
)
from api.client.patience import Patience
from api.client.searching import FileForm, SearchFilter

__all__ = [
    "Accepted",
    "ApplicationFilter",
    "BatchOutcome",
    "BlockingClient",
    "BrokenTrail",
    "Client",
    "ClientFault",
    "Entered",
    "FileForm",
    "Found",
    "Identity",
    "JournalFilter",
    "MalformedAnswer",
    "NotClearance",
    "NotModified",
    "Patience",
    "Refused",
    "Rehearsed",
    "SearchFilter",
    "ServiceFailed",
    "StreamFilter",
    "Streamed",
    "TrailFilter",
    "Unavailable",
    "Unresolved",
    "Unsendable",
    "WasRefused",
    "expect",
]
