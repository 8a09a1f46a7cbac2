"""What the composition root gives the routes."""

from dataclasses import dataclass
from typing import cast

from fastapi import Request

from api.dossier import Typesetter
from api.journal import Journal
from api.lasting import Lasting
from api.limits import Limits
from api.problems import Problems
from api.settings import Settings
from workflow.catalog import Catalog
from workflow.credentials import Credentials
from workflow.following import Following
from workflow.identities import Identities
from workflow.lag import Lag
from workflow.log.signing import LogKeys
from workflow.log.tree import LogReader
from workflow.proofs import Proofs
from workflow.queries import Queries
from workflow.service import Service
from workflow.store import Bell, Store
from workflow.webhooks import Webhooks


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a running service."""

    settings: Settings
    problems: Problems
    catalog: Catalog
    store: Store
    service: Service
    queries: Queries
    credentials: Credentials
    identities: Identities
    limits: Limits
    journal: Journal
    log: LogReader
    lag: Lag
    proofs: Proofs
    log_keys: LogKeys
    typesetter: Typesetter
    findings: tuple[str, ...]
    bell: Bell
    following: Following
    lasting: Lasting
    webhooks: Webhooks


def parts_of(request: Request) -> Parts:
    """The parts of the service that answers this request."""
    return cast(Parts, request.app.state.parts)
