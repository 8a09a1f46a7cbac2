"""What a session tells when the service has gone meanwhile."""

from typing import Any

import pytest

from api.cli.options import Look
from api.cli.output import Output
from api.cli.session import Session, code_of
from api.client import BlockingClient, Patience, Refused
from api.schemas import ProcedureRefOut
from api.stop import NOT_FOUND, REFUSED, STALE, UNUSABLE


def test_a_state_is_told_by_its_code_where_the_rules_cannot_be_read_any_more() -> None:
    ref = ProcedureRefOut(name="h200-import", version=1)
    with BlockingClient("http://127.0.0.1:1", patience=Patience(call=0.1)) as client:
        assert Session(client, Output(Look(lang="en"))).state(ref, "in_principle") == "in_principle"


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (422, "unknown-event", UNUSABLE),
        (422, "invalid-event", UNUSABLE),
        (422, "invalid-request", UNUSABLE),
        (422, "unknown-buyer", REFUSED),
        (409, "transition-not-allowed", REFUSED),
        (404, "unknown-application", NOT_FOUND),
        (412, "stale", STALE),
        (400, "malformed-json", UNUSABLE),
    ],
)
def test_the_exit_code_follows_from_the_refusal(status: int, code: str, expected: int) -> None:
    problem: dict[str, Any] = {"code": code, "status": status, "detail": "No."}
    assert code_of(Refused.of(problem)) == expected
