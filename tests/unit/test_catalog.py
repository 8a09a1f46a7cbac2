"""The procedures in force: which version an application gets, and which shape its data has."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from tests.unit.acting import THE_BUYER, Case, accepted
from workflow.catalog import Catalog
from workflow.machine import Engine


@pytest.fixture
def catalog(engine: Engine) -> Catalog:
    """Two versions: in the second a withdrawal is told like a note."""
    events = dict(engine.procedure.events)
    events["withdraw"] = replace(events["withdraw"], payload="note", effect="note")
    second = replace(engine.procedure, version=2, events=events)
    return Catalog([second, engine.procedure])


def test_a_new_application_begins_on_the_newest_version(catalog: Catalog) -> None:
    latest = catalog.latest("h200-import")
    assert latest is not None
    assert latest.procedure.version == 2
    assert catalog.latest("nothing") is None
    assert [procedure.version for procedure in catalog.procedures()] == [1, 2]


def test_a_version_is_found_by_its_name_and_number(catalog: Catalog) -> None:
    found = catalog.find("h200-import", 1)
    assert found is not None
    assert found.version == 1
    assert catalog.find("h200-import", 3) is None


def test_data_has_the_shape_of_whichever_version_takes_it(catalog: Catalog) -> None:
    assert catalog.shape("withdraw", {}) == ("empty", {})
    note = {"text": "We withdraw.", "topic": None}
    assert catalog.shape("withdraw", note) == ("note", note)
    with pytest.raises(ValidationError):
        catalog.shape("withdraw", {"units": 1})
    assert catalog.shapes("withdraw", note) == [("note", note)]
    with pytest.raises(KeyError):
        catalog.shape("nothing", {})


def test_data_that_fits_two_payloads_is_read_as_each_procedure_has_it(engine: Engine) -> None:
    """`set_conditions` takes data that may be left out; somewhere else it takes none at all."""
    events = dict(engine.procedure.events)
    events["withdraw"] = replace(events["withdraw"], payload="conditions_setting")
    other = Engine(replace(engine.procedure, name="other", events=events))
    catalog = Catalog([engine.procedure, other.procedure])
    (payload, data), *others = catalog.shapes("withdraw", {})
    assert (payload, others) == ("empty", [("conditions_setting", {"none": False})])
    for decider, expected in ((engine, {}), (other, {"none": False})):
        case = Case(decider)
        accepted(case.create())
        posting = case.posting(THE_BUYER, "withdraw", payload, data)
        event = posting.event._replace(others=tuple(others))
        decision = accepted(decider.decide(case.document, posting._replace(event=event)))
        assert decision.record["data"] == expected
