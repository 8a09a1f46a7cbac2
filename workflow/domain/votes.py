"""Votes of a quorum: who casts them, and when they are open again."""

from workflow.domain.act import Act
from workflow.domain.application import Changes, Recusal, Snapshot
from workflow.domain.principal import Actor, Role
from workflow.domain.refusals import Refusal


def reopened(snapshot: Snapshot) -> Changes:
    """Every vote is open again, and what was proposed on their strength is void."""
    votes = {kind: cast for kind, cast in snapshot["votes"].items() if cast}
    changes = Changes(set={f"/votes/{kind}": {} for kind in votes})
    if snapshot["proposal"] is not None:
        changes["set"]["/proposal"] = None
    return _forgetting(snapshot, changes, [(kind, body) for kind in votes for body in votes[kind]])


def deputised(snapshot: Snapshot, actor: Actor) -> Refusal | None:
    """Where an authority's vote was handed to a deputy, nobody else casts it. A report names no
    person, so it is its confirmation that must be the deputy's.
    """
    recusal = snapshot["recusals"].get(actor.authority or "")
    if recusal is None or actor.role is not Role.OFFICER:
        return None
    if actor.principal.name == recusal["deputy"]:
        return None
    named = {"authority": actor.authority, "deputy": recusal["deputy"]}
    return Refusal("deputy-votes", named)


# guards


def deputy_votes(snapshot: Snapshot, act: Act) -> Refusal | None:
    """The actor's vote was not handed to somebody else."""
    return deputised(snapshot, act.actor)


def deputy_is_another(_snapshot: Snapshot, act: Act) -> Refusal | None:
    """Nobody hands the vote to themselves."""
    own = act.actor.role is Role.OFFICER and act.actor.principal.name == act.data["deputy"]
    return Refusal("deputy-is-oneself", {}, ("data", "deputy")) if own else None


# effect


def recuse(snapshot: Snapshot, act: Act) -> Changes:
    """The deputy votes for the authority; a vote that it has cast already is taken back."""
    body = act.actor.authority or ""
    recusal = Recusal(deputy=act.data["deputy"], seq=act.seq)
    cast = [(kind, body) for kind, votes in snapshot["votes"].items() if body in votes]
    changes = Changes(set={f"/recusals/{body}": recusal})
    if cast:
        changes["unset"] = [f"/votes/{kind}/{body}" for kind, body in cast]
    return _forgetting(snapshot, changes, cast)


def _forgetting(snapshot: Snapshot, changes: Changes, votes: list[tuple[str, str]]) -> Changes:
    """Who cast these votes is no longer held against anybody."""
    names = [f"{kind}.{body}" for kind, body in votes]
    gone = [f"/persons/{name}" for name in names if name in snapshot["persons"]]
    if gone:
        changes["unset"] = [*changes.get("unset", []), *gone]
    return changes
