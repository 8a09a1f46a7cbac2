"""Every route through the client, and both faces of it."""

import inspect
from typing import assert_type

import httpx
import pytest

from api.client import (
    Accepted,
    BlockingClient,
    Client,
    Found,
    NotModified,
    Refused,
    WasRefused,
    expect,
)
from api.schemas import HealthOut, RecordOut
from tests.e2e.client.cases import GRANT, logged, note, opened
from tests.e2e.client.test_webhooks import life_of_a_webhook
from tests.e2e.client.trouble import Troubled
from tests.e2e.http.contract import Contract
from workflow.proof.checkpoint import open_checkpoint
from workflow.proof.inclusion import InclusionProof
from workflow.proof.keys import VerifierKey

CLAIM = {"units": 5, "bound": "exactly", "buyers": ["example-cloud"]}
POOL = {"id": "client-pool", "title": {"en": "Pool", "zh": "联合额度"}, "claims": [CLAIM]}


async def test_every_route_has_its_method(
    client: Client, trouble: Troubled, service: str, operator: str
) -> None:
    application = await opened(client)
    expect(await client.post(application, GRANT))
    expect(await client.rehearse(application, note("would")))
    [_ async for _ in client.post_many([{"application": application, "event": note("batch")}])]
    found = expect(await client.application(application))
    assert isinstance(await client.poll(application, found.etag), NotModified)
    assert application in [one.id async for one in client.applications(buyer="example-cloud")]
    allowed = expect(await client.allowed_events(application))
    assert "approve" in {one.type for one in allowed.allowed}
    assert [one.seq async for one in client.trail(application)] == [1, 2, 3]
    assert expect(await client.record(application, 2)).to == "in_principle"
    assert expect(await client.verify_trail(application)).ok
    await log(client, application)
    assert expect(await client.buyer("example-cloud")).value.name.zh == "示例云"
    assert "example-cloud" in [line.buyer async for line in client.overview()]
    assert expect(await client.open_pool(POOL)).value.id == "client-pool"
    assert len(expect(await client.add_claim("client-pool", CLAIM)).value.claims) == 2
    assert expect(await client.pool("client-pool")).value.version == 2
    assert [one.seq async for one in client.pool_trail("client-pool", page=1)] == [1, 2]
    assert b'"seq":2' in expect(await client.pool_record("client-pool", 2))
    assert expect(await client.verify_pool_trail("client-pool")).checked == 2
    expect(await logged(client.pool_proof, "client-pool", 2))
    assert "client-pool" in [pool.id async for pool in client.pools()]
    names = [(one.name, one.version) async for one in client.procedures()]
    assert names == [("h200-import", 1), ("us-export", 1)]
    assert "approve" in expect(await client.procedure("h200-import", 1)).events
    assert "stateDiagram" in expect(await client.diagram("h200-import", 1, state="submitted"))
    assert "unknown-pool" in expect(await client.problem_type("unknown-pool"))
    assert expect(await client.health()).status == "alive"
    assert expect(await client.ready()).durability == "strict"
    async with Client(service, api_key=operator, transport=trouble) as grantor:
        await keys(grantor)
        await life_of_a_webhook(grantor)
        assert "started" in [entry.what async for entry in grantor.journal(page=200)]
        await files(grantor, application)
    await check_that_all_was_met(trouble, service, operator)


async def log(client: Client, application: str) -> None:
    """What the log proves."""
    proof = InclusionProof.parse(expect(await logged(client.proof, application, 3)))
    keys = [VerifierKey.parse(key) for key in expect(await client.log_key()).splitlines()]
    proof.check(expect(await client.record_text(application, 3)), keys)
    checkpoint, _ = open_checkpoint(expect(await client.checkpoint()), keys)
    assert checkpoint.size > proof.index
    assert len(expect(await client.tile("0/000.p/1"))) == 32


async def files(client: Client, application: str) -> None:
    """What is found over all trails, and what is made of one."""
    found = client.search_trail(application=application)
    assert [one.seq async for one in found] == [3, 2, 1]
    dossier = b"".join([part async for part in client.download("pdf", application)])
    assert dossier.startswith(b"%PDF-")


async def keys(client: Client) -> None:
    """A key's life."""
    wanted = {"name": "au", "organisation": "audit", "roles": ["auditor"]}
    made = expect(await client.create_key(wanted))
    assert made.key
    rotated = expect(await client.rotate_key(made.id, overlap_seconds=60))
    assert rotated.key != made.key
    assert made.id in [one.id async for one in client.keys(organisation="audit")]
    assert expect(await client.key(made.id)).roles == ["auditor"]
    assert await client.revoke_key(made.id) is None
    assert b"operator" in expect(await client.entries("000.p/1"))
    trail = [record.type async for record in client.key_trail(made.id, page=2)]
    assert trail == ["grant", "rotate", "revoke"]


async def check_that_all_was_met(trouble: Troubled, service: str, key: str) -> None:
    """Every operation of the service's own document was met, and every answer is as promised."""
    shown = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=service, headers=shown) as plain:
        document = (await plain.get("/openapi.json")).json()
    contract, met = Contract(document), set[str]()
    for answer in trouble.answers:
        contract.check(answer)
        found = contract.operation(answer.request.method, answer.request.url.path)
        assert found is not None
        met.add(found[1]["operationId"])
    wanted = {
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
    }
    endless = {"stream", "streamTrail"}  # see test_following.py
    others = {"getMetrics"}  # Prometheus asks for them
    assert met == wanted - endless - others


async def test_a_refusal_is_a_value(client: Client) -> None:
    application = await opened(client)
    refused = await client.post(application, {"type": "set_conditions", "authority": "ndrc"})
    assert isinstance(refused, Refused)
    assert (refused.status, refused.code) == (409, "transition-not-allowed")
    assert refused.state == "submitted"
    assert "grant_in_principle" in refused.allowed_events
    assert refused.failed_guards[0].code == "transition-not-allowed"
    assert refused.detail != refused.detail_zh
    wrong = await client.post(application, {"type": "note", "colour": 1})
    assert isinstance(wrong, Refused)
    assert wrong.errors[0]["pointer"] == "/colour"
    assert isinstance(await client.application("nothing"), Refused)
    with pytest.raises(WasRefused, match="404 unknown-application"):
        expect(await client.application("nothing"))


async def test_a_stale_version_is_refused(client: Client) -> None:
    application = await opened(client)
    found = expect(await client.application(application))
    done = expect(await client.post(application, note("a"), if_match=found.etag))
    assert done.etag == expect(await client.application(application)).etag
    stale = await client.post(application, note("b"), if_match=found.etag)
    assert isinstance(stale, Refused)
    assert stale.status == 412
    polled = await client.poll(application, found.etag)
    assert isinstance(polled, Found)
    assert polled.value.version == 2


async def test_lists_go_on_over_their_pages(client: Client) -> None:
    mine = {await opened(client) for _ in range(5)}
    listed = [one.id async for one in client.applications(page=2, state="submitted")]
    assert mine <= set(listed)
    assert len(listed) == len(set(listed))


async def test_an_id_is_one_step_of_the_path_whatever_it_holds(client: Client) -> None:
    for identifier in ("a/b", "../v1", "a?b=c", "a#b", "é", "%2F"):
        refused = await client.application(identifier)
        assert isinstance(refused, Refused), identifier
        assert refused.status == 404


async def test_the_key_is_sent(service: str, trouble: Troubled) -> None:
    async with Client(service, api_key="secret", transport=trouble) as client:
        await client.health()
    assert trouble.seen[0].headers["Authorization"] == "Bearer secret"
    assert "secret" not in repr(client)
    async with Client(service) as nobody:
        expect(await nobody.health())
        refused = await nobody.buyer("example-cloud")
        assert isinstance(refused, Refused)
        assert (refused.status, refused.code) == (401, "unauthenticated")


def test_both_faces_have_the_same_methods() -> None:
    for name, method in inspect.getmembers(Client, inspect.isfunction):
        if name.startswith("_") or name == "close":
            continue
        twin = getattr(BlockingClient, name)
        assert (twin.__name__, twin.__doc__) == (name, method.__doc__)
        assert inspect.isgeneratorfunction(twin) == inspect.isasyncgenfunction(method)


def test_the_blocking_face_waits(service: str, recorder: str) -> None:
    with BlockingClient(service, api_key=recorder) as client:
        assert_type(client.health(), HealthOut | Refused)
        assert_type(client.post("a", {}), Accepted | Refused)
        client.put_buyer("waiting", {"name": {"en": "Waiting", "zh": "等待"}})
        body = {"procedure": "h200-import", "buyer": "waiting", "goods": {"item": "H200"}}
        application = expect(client.create(body)).application.id
        records = client.trail(application)
        first = next(records)
        assert_type(first, RecordOut)
        assert first.type == "create"
        records.close()
        assert [one.id for one in client.applications(buyer="waiting")] == [application]
        left = client.applications()
        next(left)
    left.close()
    client.close()
