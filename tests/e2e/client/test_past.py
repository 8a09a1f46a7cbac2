"""The client asks about the past."""

from api.client import Client, Refused, expect
from tests.e2e.client.cases import GRANT, opened

EARLY, LATE = "2026-01-01T00:00:00+08:00", "2099-01-01T00:00:00+08:00"


async def test_an_application_as_it_was(client: Client) -> None:
    application = await opened(client)
    record = expect(await client.application(application)).value.updated_at
    await client.post(application, GRANT)
    then = expect(await client.application(application, known_at=record))
    assert (then.value.state, then.value.version) == ("submitted", 1)
    assert then.etag.startswith('"past.')
    known = expect(await client.application(application, as_of=LATE))
    assert known.value.state == "in_principle"
    none = await client.application(application, as_of=EARLY)
    assert isinstance(none, Refused)
    assert none.code == "unknown-application"


async def test_the_overview_as_it_was(client: Client) -> None:
    application = await opened(client)
    present = [line.application async for line in client.overview(known_at=LATE)]
    assert application in present
    assert [line async for line in client.overview(known_at=EARLY)] == []
    assert {line.application async for line in client.overview(as_of=EARLY)} == {None}
