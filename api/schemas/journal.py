"""The shapes of the journal of access."""

from pydantic import Field

from api.schemas.answers import Out


class JournalEntryOut(Out):
    """Who did or tried what, when, where and from where, with what outcome; null is not known,
    or does not apply. `count` of them happened within a second, or during a flood.
    """

    id: str = Field(description="its place in the journal")
    recorded_at: str = Field(description="when it was written")
    at: str = Field(description="when it happened, the first of `count`")
    what: str
    count: int
    service: str = Field(description="host and number of the process that was asked")
    principal: str | None
    organisation: str | None
    roles: list[str] | None
    credential: str | None = Field(description="id of the credential; of a 401 the one named")
    address: str | None
    agent: str | None
    method: str | None
    route: str | None
    subject: str | None = Field(description="what it was about; its trail tells more")
    seq: int | None
    event: str | None = Field(description="type of the event that was posted")
    status: int | None
    code: str | None


class JournalOut(Out):
    """A page of the journal."""

    items: list[JournalEntryOut]
    next: str | None
