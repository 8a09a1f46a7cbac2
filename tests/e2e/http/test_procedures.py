"""Procedures: the rules, for programs and, as a diagram, for people."""

import httpx
import pytest

from tests.e2e.http.journey import Application, problem

PATH = "/v1/procedures/h200-import/1"


def test_the_list_has_every_version(client: httpx.Client) -> None:
    body = client.get("/v1/procedures").json()
    assert body["next"] is None
    found = [(one["name"], one["version"]) for one in body["items"]]
    assert found == [("h200-import", 1), ("us-export", 1)]


def test_records_name_the_rules_that_decided(
    client: httpx.Client, application: Application
) -> None:
    procedure = client.get(PATH).json()
    (record,) = application.records()
    assert record["procedure"] == {name: procedure[name] for name in ("name", "version", "digest")}


def test_a_procedure_tells_its_states_events_and_shapes(client: httpx.Client) -> None:
    procedure = client.get(PATH).json()
    assert procedure["initial"] == "submitted"
    for state in procedure["states"].values():
        assert set(state["label"]) == set(state["sentence"]) == {"en", "zh"}
    approve = procedure["events"]["approve"]
    assert approve["by"] == approve["quorum"] == ["miit", "mofcom"]
    assert approve["evidence"] == {"accept": "anonymous_source", "confirm": "official_notice"}
    assert procedure["events"]["refuse"]["reason_required"] is True
    shape = procedure["events"]["record_shipment"]["data"]
    assert set(shape["required"]) == {"shipment", "units"}
    for limit in procedure["deadlines"].values():
        assert set(limit["label"]) == set(limit["basis"]) == {"en", "zh"}
    assert set(procedure["authorities"]) == {"miit", "mofcom", "ndrc", "customs", "bis"}


def test_a_diagram_is_drawn(client: httpx.Client) -> None:
    answer = client.get(f"{PATH}/diagram")
    assert answer.headers["Content-Type"].startswith("text/vnd.mermaid")
    assert answer.text.startswith("stateDiagram-v2")
    for name, state in client.get(PATH).json()["states"].items():
        assert (name in answer.text) is not state["reserved"]


def test_a_diagram_speaks_both_languages_and_marks_a_state(client: httpx.Client) -> None:
    english, chinese = (
        client.get(f"{PATH}/diagram", params={"lang": lang}).text for lang in ("en", "zh")
    )
    assert "Licensed" in english
    assert "已发许可证" in chinese
    marked = client.get(f"{PATH}/diagram", params={"state": "licensed"}).text
    assert marked != english


@pytest.mark.parametrize("accept", ["*/*", "text/*", "text/vnd.mermaid", "text/plain"])
def test_a_diagram_is_text(client: httpx.Client, accept: str) -> None:
    assert client.get(f"{PATH}/diagram", headers={"Accept": accept}).status_code == 200


def test_no_other_drawing_is_offered(client: httpx.Client) -> None:
    answer = client.get(f"{PATH}/diagram", headers={"Accept": "image/png"})
    problem(answer, 406, "not-acceptable")


@pytest.mark.parametrize("query", ["lang=fr", "lang=", "colour=red"])
def test_a_query_that_cannot_be_meant_is_refused(client: httpx.Client, query: str) -> None:
    problem(client.get(f"{PATH}/diagram?{query}"), 422, "invalid-request")
    problem(client.get(f"{PATH}?{query}"), 422, "invalid-request")


@pytest.mark.parametrize(
    "place", ["h200-import/2", "h200-import/0", "h200-import/one", "h300/1", "h200-import/1.0"]
)
def test_what_is_not_there_is_not_found(client: httpx.Client, place: str) -> None:
    for path in (f"/v1/procedures/{place}", f"/v1/procedures/{place}/diagram"):
        problem(client.get(path), 404, "unknown-procedure-version")
