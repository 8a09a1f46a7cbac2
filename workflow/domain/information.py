"""Information asked of the buyer. While a query is open, the clock of a deadline stands still."""

from workflow.domain.act import Act
from workflow.domain.application import NOTE_EXCERPT, QUERIES_KEPT, Changes, Query, Snapshot
from workflow.domain.refusals import Refusal


def awaited(snapshot: Snapshot) -> bool:
    """Whether the buyer owes an answer."""
    queries = snapshot["queries"]
    return bool(queries) and any(query["answered_at"] is None for query in queries.values())


# guards


def query_new(snapshot: Snapshot, act: Act) -> Refusal | None:
    """The id is not taken, and there is room for one more."""
    name = act.data["query"]
    if name in snapshot["queries"]:
        return Refusal("query-exists", {"query": name})
    if len(snapshot["queries"]) >= QUERIES_KEPT:
        return Refusal("limit-reached", {"what": "queries", "limit": QUERIES_KEPT})
    return None


def query_open(snapshot: Snapshot, act: Act) -> Refusal | None:
    """The query was asked, not after its answer takes effect, and is not answered yet."""
    name = act.data["query"]
    query = snapshot["queries"].get(name)
    if query is None:
        return Refusal("unknown-query", {"query": name})
    if query["answered_at"] is not None:
        return Refusal("query-answered", {"query": name})
    if act.effective_at < query["asked_at"]:
        return Refusal("answer-before-question", {"asked_at": query["asked_at"]})
    return None


# effects


def request_information(_snapshot: Snapshot, act: Act) -> Changes:
    """A question that waits for the buyer."""
    query = Query(
        authority=act.actor.authority,
        question=act.data["question"][:NOTE_EXCERPT],
        seq=act.seq,
        asked_at=act.effective_at,
        answer=None,
        answered_seq=None,
        answered_at=None,
    )
    return Changes(set={f"/queries/{act.data['query']}": query})


def provide_information(_snapshot: Snapshot, act: Act) -> Changes:
    """The buyer's answer, which ends the wait for it when it is there."""
    path = f"/queries/{act.data['query']}"
    return Changes(
        set={
            f"{path}/answer": act.data["answer"][:NOTE_EXCERPT],
            f"{path}/answered_seq": act.seq,
            f"{path}/answered_at": act.received_at,
        }
    )
