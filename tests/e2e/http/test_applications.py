"""Applications: opened once for each key, polled with entity tags."""

import httpx
import pytest

from tests.e2e.http.journey import Application, creation, new_key, opened, problem, register
from tests.e2e.http.people import BUYER, actor

EC = actor("buyer")


@pytest.fixture(autouse=True)
def buyer(client: httpx.Client) -> None:
    register(client, BUYER)


def create(client: httpx.Client, key: str | None = None, **changes: object) -> httpx.Response:
    headers = EC | {"Idempotency-Key": key or new_key("create")}
    return client.post("/v1/applications", json=creation(**changes), headers=headers)


# opening


def test_an_application_is_opened_with_a_record_of_its_own(client: httpx.Client) -> None:
    answer = create(client)
    assert answer.status_code == 201
    record, application = answer.json()["record"], answer.json()["application"]
    assert answer.headers["Location"] == f"/v1/applications/{application['id']}"
    assert answer.headers["ETag"].startswith('"')
    assert "Idempotency-Replayed" not in answer.headers
    assert (record["type"], record["seq"], record["from"]) == ("create", 1, None)
    assert record["subject"] == f"application/{application['id']}"
    assert application["head"] == record["hash"]
    assert (application["state"], application["version"]) == ("submitted", 1)
    assert application["waiting_on"] == ["miit", "mofcom", "ndrc"]


def test_the_location_leads_to_what_was_opened(client: httpx.Client) -> None:
    answer = create(client)
    found = client.get(answer.headers["Location"])
    assert found.json() == answer.json()["application"]
    assert found.headers["ETag"] == answer.headers["ETag"]


def test_what_was_sent_is_kept(client: httpx.Client) -> None:
    body = creation(
        goods={"item": "NVIDIA H200", "units": 2**53 - 1},
        reference="参考-1",
        effective_at="2026-01-30T00:00:00.5+08:00",
    )
    answer = client.post("/v1/applications", json=body, headers=EC | {"Idempotency-Key": new_key()})
    application, record = answer.json()["application"], answer.json()["record"]
    assert application["goods"] == body["goods"]
    assert application["reference"] == "参考-1"
    assert application["effective_at"] == record["effective_at"] == "2026-01-29T16:00:00.500Z"
    assert record["evidence"] == body["evidence"]


def test_the_same_key_and_body_open_no_second_application(client: httpx.Client) -> None:
    key = new_key()
    first, again = create(client, key), create(client, key)
    assert again.status_code == 200
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert again.json()["record"] == first.json()["record"]


def test_a_repeat_after_later_events_shows_the_first_record_and_the_present(
    client: httpx.Client,
) -> None:
    key = new_key()
    first = create(client, key).json()
    application = Application(client, first["application"]["id"])
    application.accept("ndrc", "grant_in_principle")
    again = create(client, key)
    assert again.json()["record"] == first["record"]
    assert again.json()["application"] == application.now()
    assert again.headers["ETag"] == application.tag()


def test_the_same_key_with_another_body_is_refused(client: httpx.Client) -> None:
    key = new_key()
    create(client, key)
    problem(create(client, key, reference="another"), 422, "idempotency-key-reused")


def test_a_default_spelt_out_is_another_body(client: httpx.Client) -> None:
    key, body = new_key(), creation()
    del body["pool"]
    headers = EC | {"Idempotency-Key": key}
    assert client.post("/v1/applications", json=body, headers=headers).status_code == 201
    again = client.post("/v1/applications", json=body | {"pool": None}, headers=headers)
    problem(again, 422, "idempotency-key-reused")


def test_a_key_belongs_to_its_principal(client: httpx.Client) -> None:
    key, body = new_key(), creation()
    ids = {
        client.post(
            "/v1/applications", json=body, headers=actor(who) | {"Idempotency-Key": key}
        ).json()["application"]["id"]
        for who in (f"ec;{BUYER};buyer", f"other;{BUYER};buyer")
    }
    assert len(ids) == 2


def test_a_key_is_required(client: httpx.Client) -> None:
    answer = client.post("/v1/applications", json=creation(), headers=EC)
    problem(answer, 400, "idempotency-key-required")


def test_a_quoted_key_is_the_bare_key(client: httpx.Client) -> None:
    key = new_key()
    create(client, key)
    assert create(client, f'"{key}"').status_code == 200


def test_escapes_in_a_quoted_key_are_undone(client: httpx.Client) -> None:
    key = new_key()
    create(client, f'{key}a"b\\c')
    assert create(client, f'"{key}a\\"b\\\\c"').status_code == 200


@pytest.mark.parametrize("key", ["", '""', "k" * 256, "k\tk", b"\xe9", '" a"'])
def test_a_key_that_is_none_is_refused(client: httpx.Client, key: str | bytes) -> None:
    headers = [(b"Idempotency-Key", key if isinstance(key, bytes) else key.encode())]
    answer = client.post("/v1/applications", json=creation(), headers=headers)
    problem(answer, 400, "invalid-idempotency-key")


def test_the_longest_key_is_taken(client: httpx.Client) -> None:
    assert create(client, new_key().ljust(255, "k")).status_code == 201


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"buyer": "nobody"}, "unknown-buyer", "/buyer"),
        ({"procedure": "h300-import"}, "unknown-procedure", "/procedure"),
        ({"pool": "no-pool"}, "pool-not-registered", "/pool"),
    ],
)
def test_what_an_application_names_must_be_known(
    client: httpx.Client, no_trace: None, changes: dict[str, str], code: str, pointer: str
) -> None:
    headers = actor("recorder") | {"Idempotency-Key": new_key()}
    answer = client.post("/v1/applications", json=creation(**changes), headers=headers)
    told = problem(answer, 422, code)
    assert told["errors"][0]["pointer"] == pointer
    assert next(iter(changes.values())) in told["detail"]


def test_a_buyer_opens_no_application_for_another(client: httpx.Client, no_trace: None) -> None:
    headers = actor("rival") | {"Idempotency-Key": new_key()}
    answer = client.post("/v1/applications", json=creation(), headers=headers)
    problem(answer, 403, "not-your-application")


@pytest.mark.parametrize("who", ["auditor", "operator"])
def test_who_only_looks_or_runs_the_service_opens_none(client: httpx.Client, who: str) -> None:
    headers = actor(who) | {"Idempotency-Key": new_key()}
    answer = client.post("/v1/applications", json=creation(), headers=headers)
    problem(answer, 403, "role-may-not")


def test_a_recorder_opens_one_that_is_only_reported(client: httpx.Client) -> None:
    headers = actor("recorder") | {"Idempotency-Key": new_key()}
    answer = client.post("/v1/applications", json=creation(), headers=headers)
    assert answer.json()["record"]["standing"] == "reported"
    assert answer.json()["application"]["standing"] == "reported"
    assert answer.json()["application"]["confirmed_state"] is None


def test_a_buyer_may_have_several(client: httpx.Client) -> None:
    assert opened(client).id != opened(client).id


# polling


def test_a_caller_that_is_up_to_date_is_told_so(application: Application) -> None:
    tag = application.tag()
    answer = application.get(If_None_Match=tag)
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["ETag"] == tag
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Vary"] == "Authorization, Cookie, Prefer"


@pytest.mark.parametrize("given", ["{}", "W/{}", '"other", {}', '"other",W/{} , "third"', "*"])
def test_if_none_match_compares_weakly(application: Application, given: str) -> None:
    answer = application.get(If_None_Match=given.format(application.tag()))
    assert answer.status_code == 304


@pytest.mark.parametrize("given", ['"other"', "", "nonsense", '"*"'])
def test_another_tag_brings_the_representation(application: Application, given: str) -> None:
    assert application.get(If_None_Match=given).status_code == 200


def test_every_event_makes_the_tag_a_new_one(application: Application) -> None:
    tags = [application.tag()]
    for who, kind in (("ndrc", "grant_in_principle"), ("buyer", "note"), ("buyer", "note")):
        application.accept(who, kind)
        assert application.get(If_None_Match=tags[-1]).status_code == 200
        tags.append(application.tag())
    assert len(set(tags)) == len(tags)
    assert not any(tag.startswith("W/") for tag in tags)


def test_nothing_changes_by_the_clock_alone(application: Application) -> None:
    first, second = application.get(), application.get()
    assert first.content == second.content
    assert "working_days_left" not in first.json()


def test_head_tells_what_get_would_without_the_body(
    client: httpx.Client, application: Application
) -> None:
    got, head = application.get(), client.head(application.path)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("ETag", "Content-Type", "Content-Length", "Cache-Control", "Vary"):
        assert head.headers[name] == got.headers[name]
    unchanged = client.head(application.path, headers={"If-None-Match": got.headers["ETag"]})
    assert unchanged.status_code == 304
    assert client.head("/v1/applications/nothing").status_code == 404


def test_an_unknown_application_is_not_found(client: httpx.Client) -> None:
    for path in ("", "/trail", "/trail/1", "/trail:verify", "/allowed-events"):
        problem_code = "unknown-record" if path == "/trail/1" else "unknown-application"
        problem(client.get(f"/v1/applications/nothing{path}"), 404, problem_code)
    unmoved = client.get("/v1/applications/nothing", headers={"If-None-Match": "*"})
    problem(unmoved, 404, "unknown-application")
