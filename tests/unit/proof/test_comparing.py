"""A trail and the states that a service reports, held against a log that is sound."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.logs import forged, retold
from tests.unit.proof.checking import Files, check, log, rehashed
from workflow.domain import trail
from workflow.proof.comparing import OneTrail, States
from workflow.proof.whole import Bad

# A trail against the log.


def test_a_trail_is_in_the_log_to_the_record(lives: list[list[bytes]], files: Files) -> None:
    check(files, None, *(OneTrail(f"application/a{one}", lives[one]) for one in (0, 24)))


@pytest.mark.parametrize(
    ("change", "seq", "reason"),
    [
        (lambda trail: trail[:-1], 12, "the log has this record and the trail does not"),
        (lambda trail: rehashed(trail, 5), 5, "the trail has another record in this place"),
        (
            lambda trail: [*trail, forged(trail[-1], seq=13, prev=json.loads(trail[-1])["hash"])],
            13,
            "the trail has this record and the log does not",
        ),
    ],
)
def test_a_trail_that_is_sound_by_itself_and_another_is_found(
    change: Callable[[list[bytes]], list[bytes]],
    seq: int,
    reason: str,
    lives: list[list[bytes]],
    files: Files,
) -> None:
    with pytest.raises(Bad, match=reason) as found:
        check(files, None, OneTrail("application/a3", change(lives[3])))
    assert (found.value.subject, found.value.seq) == ("application/a3", seq)


def test_a_trail_of_which_the_log_has_nothing_is_found(
    lives: list[list[bytes]], files: Files
) -> None:
    unknown = retold(lives[0], "application/unknown")
    with pytest.raises(Bad, match="the log does not") as found:
        check(files, None, OneTrail("application/unknown", unknown))
    assert found.value.seq == 1


# What the service reports against the log.


def listed(lives: Sequence[Sequence[bytes]], **changed: object) -> list[dict[str, object]]:
    """What the list of applications tells of them; of the first, something else."""
    items: list[dict[str, object]] = []
    for one in lives:
        verdict, last = trail.verify(one), json.loads(one[-1])
        items.append(
            {
                "id": last["subject"].removeprefix("application/"),
                "version": verdict.checked,
                "head": verdict.head,
                "state": verdict.snapshot["state"],
                "standing": "confirmed",
                "updated_at": last["recorded_at"],
            }
        )
    items[0] |= changed
    return items


def test_the_records_lead_to_what_is_reported(lives: list[list[bytes]], files: Files) -> None:
    states = States.of(listed(lives))
    check(files, None, states)
    assert (len(states), states.later) == (25, 0)
    earlier = States.of(listed([one[:7] for one in lives]))
    check(files, None, earlier)  # the log has gone on since


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"state": "rejected"}, "reports rejected, confirmed"),
        ({"standing": "reported"}, "reports licensed, reported"),
        ({"head": "0" * 64}, "reports licensed, confirmed, 0000000000000000"),
        ({"version": 11}, "its records lead to"),
        ({"version": 13}, "version 13, which the service reports, is not in the log"),
        ({"id": "unknown"}, "the service does not report this application"),
    ],
)
def test_a_state_that_the_records_do_not_give_is_found(
    changed: dict[str, object], reason: str, lives: list[list[bytes]], files: Files
) -> None:
    with pytest.raises(Bad, match=reason) as found:
        check(files, None, States.of(listed(lives, **changed)))
    assert found.value.subject == "application/a0"


def test_what_was_opened_after_the_list_is_counted_and_not_held_against_it(
    lives: list[list[bytes]], files: Files
) -> None:
    with pytest.raises(Bad, match="does not report"):
        check(files, None, States.of(listed(lives[:20])))
    early = [item | {"updated_at": "2020-01-01T00:00:00.000Z"} for item in listed(lives[:20])]
    states = States.of(early)
    check(files, None, states)
    assert states.later == 5
    wrong: list[Any] = [{}, 5, None]
    for item in wrong:
        with pytest.raises(ValueError, match="no list"):
            States.of([item])


def test_records_that_lead_to_no_state_are_found(lives: list[list[bytes]]) -> None:
    bare = retold([forged(lives[0][0], changes={"set": {}})], "application/a0")
    states = States.of(listed([lives[0][:1]], head=json.loads(bare[0])["hash"]))
    with pytest.raises(Bad, match="lead to no state"):
        check(log(bare), None, states)


def test_a_record_of_no_trail_is_found(lives: list[list[bytes]]) -> None:
    for subject in (None, 5, ["application/a0"]):
        with pytest.raises(Bad, match="belongs to no trail") as found:
            check(log([forged(lives[0][0], subject=subject)]))
        assert (found.value.index, found.value.subject, found.value.seq) == (0, None, 1)
