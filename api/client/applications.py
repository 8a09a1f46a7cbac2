"""Applications, the events posted to them, and their trails."""

from collections.abc import AsyncIterator, Iterable
from typing import Literal, TypedDict, Unpack
from uuid import uuid4

from pydantic import BaseModel

from api.client import batches, trails
from api.client.asking import Asking, Body, etag_of, step
from api.client.outcomes import (
    Accepted,
    BatchOutcome,
    Found,
    NotModified,
    Refused,
    Rehearsed,
    Unresolved,
    expect,
)
from api.client.wire import get, read, read_bytes, sending
from api.schemas import (
    AcceptedOut,
    AllowedEventsOut,
    ApplicationIn,
    ApplicationListOut,
    ApplicationOut,
    EventIn,
    RecordOut,
    VerificationOut,
)


class ApplicationFilter(TypedDict, total=False):
    """How a list of applications is narrowed; `q` begins an id, a reference or a name."""

    state: str
    buyer: str
    procedure: str
    authority: str
    waiting_on: str
    standing: Literal["confirmed", "reported"]
    overdue: bool
    q: str


class TrailFilter(TypedDict, total=False):
    """Which records of a trail; times are RFC 3339, `until` is exclusive."""

    type: str
    authority: str
    actor: str
    since: str
    until: str
    grade: Literal["official_notice", "company_statement", "press_report", "anonymous_source"]
    standing: Literal["confirmed", "reported"]


class Applications(Asking):
    """The routes of applications."""

    async def create(
        self, application: ApplicationIn | Body, *, key: str | None = None
    ) -> Accepted | Refused:
        """Open an application; the same key again opens no second one."""
        return await self._post("/v1/applications", application, key, None)

    async def application(
        self, application: str, *, as_of: str | None = None, known_at: str | None = None
    ) -> Found[ApplicationOut] | Refused:
        """An application as it is, with the entity tag to poll with; or as it was at a time (RFC
        3339), as it was known at one.
        """
        when = {"as_of": as_of, "known_at": known_at}
        return await self._tagged(ApplicationOut, get(_path(application), when))

    async def poll(
        self, application: str, etag: str
    ) -> Found[ApplicationOut] | NotModified | Refused:
        """An application, unless it is still the one that `etag` names."""
        answer = await self._wire.exchange(get(_path(application), None, If_None_Match=etag))
        if isinstance(answer, Refused):
            return answer
        if answer.status_code == 304:
            return NotModified(etag_of(answer))
        return Found(read(ApplicationOut, answer), etag_of(answer))

    async def applications(
        self, *, page: int = 100, **narrowed: Unpack[ApplicationFilter]
    ) -> AsyncIterator[ApplicationOut]:
        """Applications, the newest first. Raises WasRefused."""
        params = {**narrowed, "limit": page}
        async for answer in self._pages(ApplicationListOut, "/v1/applications", params):
            for item in answer.items:
                yield item

    async def allowed_events(self, application: str) -> AllowedEventsOut | Refused:
        """What may be posted next, and what stands in the way."""
        return await self._read(AllowedEventsOut, f"{_path(application)}/allowed-events")

    async def post(
        self,
        application: str,
        event: EventIn | Body,
        *,
        key: str | None = None,
        if_match: str | None = None,
    ) -> Accepted | Refused:
        """Post an event. Without `key` it gets a new one, and every repeat of this call uses it."""
        return await self._post(f"{_path(application)}/events", event, key, if_match)

    async def rehearse(
        self,
        application: str,
        event: EventIn | Body,
        *,
        key: str | None = None,
        if_match: str | None = None,
    ) -> Rehearsed | Refused:
        """What an event would lead to; nothing is written (`dry_run`)."""
        path = f"{_path(application)}/events?dry_run=true"
        call = sending("POST", path, event, Idempotency_Key=key, If_Match=if_match)
        answer = await self._wire.exchange(call)
        if isinstance(answer, Refused):
            return answer
        told = read(AcceptedOut, answer)
        return Rehearsed(told.record, told.application)

    async def post_many(self, items: Iterable[batches.Item]) -> AsyncIterator[BatchOutcome]:
        """Post any number of events, each `{"application", "idempotency_key", "event",
        "if_match"?}`, in order for each application; one outcome an item, in order. What waits
        for another item, or for the store, is sent again. Raises WasRefused for a batch as a
        whole.
        """
        stuck = False
        for chunk in batches.chunks(items):
            outcomes: list[BatchOutcome] = [batches.NOT_SENT] * len(chunk)
            if not stuck:  # what came later must not be recorded earlier
                outcomes = await batches.settle(self._wire, chunk)
                stuck = any(isinstance(outcome, Unresolved) for outcome in outcomes)
            for outcome in outcomes:
                yield outcome

    async def trail(
        self,
        application: str,
        *,
        newest_first: bool = False,
        verify: bool | None = None,
        **wanted: Unpack[TrailFilter],
    ) -> AsyncIterator[RecordOut]:
        """The records of an application, page by page. A whole trail from its beginning is
        verified as it comes, unless `verify` is False. Raises WasRefused, BrokenTrail.
        """
        whole = not wanted and not newest_first
        params = {**wanted, "order": "desc" if newest_first else "asc"}
        path = f"{_path(application)}/trail"
        records = trails.paged(self._wire, path, params)
        if _verified(whole, verify):
            known = expect(await self.application(application)).value
            records = trails.sound(records, known.version, known.head)
        async for text in records:
            yield read_bytes(RecordOut, text, path)

    async def export(
        self, application: str, *, verify: bool | None = None, **wanted: Unpack[TrailFilter]
    ) -> AsyncIterator[bytes]:
        """The records as stored, in one stream of lines without their ends. A whole trail is
        verified as it comes, unless `verify` is False. Raises WasRefused, BrokenTrail.
        """
        records = self._wire.lines(f"{_path(application)}/trail", wanted)
        if _verified(not wanted, verify):
            known = expect(await self.application(application)).value
            records = trails.sound(records, known.version, known.head)
        async for text in records:
            yield text

    async def record(self, application: str, seq: int) -> RecordOut | Refused:
        """One record, by its number. Raises BrokenTrail when its hash does not fit."""
        text = await self.record_text(application, seq)
        return text if isinstance(text, Refused) else read_bytes(RecordOut, text, f"record {seq}")

    async def record_text(self, application: str, seq: int) -> bytes | Refused:
        """The same, exactly as stored: what a proof is of."""
        found = await self._bytes(get(f"{_path(application)}/trail/{seq}"))
        if not isinstance(found, Refused):
            trails.check_record(found, seq)
        return found

    async def proof(self, application: str, seq: int) -> bytes | Refused:
        """The proof that a record is in the log (C2SP tlog-proof); refused as `not-yet-logged`
        for the second or so until a signed checkpoint covers it.
        """
        return await self._bytes(get(f"{_path(application)}/trail/{seq}/proof"))

    async def verify_trail(self, application: str) -> VerificationOut | Refused:
        """What the service finds when it checks the trail itself."""
        return await self._read(VerificationOut, f"{_path(application)}/trail:verify")

    async def _post(
        self, path: str, body: BaseModel | Body, key: str | None, if_match: str | None
    ) -> Accepted | Refused:
        key = key or str(uuid4())
        call = sending("POST", path, body, Idempotency_Key=key, If_Match=if_match)
        answer = await self._wire.exchange(call)
        if isinstance(answer, Refused):
            return answer
        told = read(AcceptedOut, answer)
        replayed = "idempotency-replayed" in answer.headers
        return Accepted(told.record, told.application, etag_of(answer), key, replayed)


def _path(application: str) -> str:
    return f"/v1/applications/{step(application)}"


def _verified(whole: bool, verify: bool | None) -> bool:
    if verify and not whole:
        raise ValueError("only a whole trail, from its beginning, can be verified")
    return whole and verify is not False
