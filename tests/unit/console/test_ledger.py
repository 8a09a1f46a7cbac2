"""The ledger of a licence as the page of its application tells it."""

import re
from typing import Any

from api.console.assets import Assets
from api.console.naming import Names
from api.console.rendering import _environment
from api.views import application_body
from tests.unit.acting import Case, carry, officer
from tests.unit.journeys import JOURNEYS


def test_every_version_is_told_and_every_shipment_leads_to_its_records(case: Case) -> None:
    reversal = {"shipment": "s2"}
    carry(
        case,
        *JOURNEYS["licensed"],
        (officer("customs"), "record_shipment"),
        (officer("customs"), "record_shipment", None, {"shipment": "s2", "units": 100}),
        (officer("customs"), "reverse_shipment", None, reversal),
        (officer("mofcom"), "reissue_licence"),
    )
    names = Names(case.engine.procedure, "en")
    body = application_body("a1", case.document, case.engine.procedure)
    record: dict[str, Any] = {"effective_at": "2026-01-29T16:00:00.000Z"}
    lives = {
        "s1": [record | {"seq": 40, "type": "record_shipment"}],
        "s2": [
            record | {"seq": 41, "type": "record_shipment"},
            record | {"seq": 42, "type": "reverse_shipment"},
        ],
    }
    terms: Any = _environment("en", Assets()).get_template("application/terms.html").module
    told = str(terms.ledger(names, body, lives))
    assert re.findall(r"version (\d)", told.lower()) == ["2", "1", "1"]
    rows = re.findall(r'<tr><th scope="row"[^>]*>(\w+)</th>.*?</tr>', told, re.DOTALL)
    assert rows == ["s1", "s2"], "those of the earlier version"
    assert re.findall(r'href="/applications/a1/trail/(\d+)"', told) == ["40", "41", "42"]
    assert told.count("30 Jan 2026") == 3
