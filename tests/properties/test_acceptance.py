"""What the buyer has accepted is what it was shown, whatever is corrected behind its back."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.effort import tried
from tests.unit.acting import RECORDER, THE_BUYER, accepted, carry, evidence, officer
from tests.unit.correcting import Recalling, sound
from tests.unit.journeys import TO_MINISTRY_APPROVED
from tests.unit.versions import both

NDRC = officer("ndrc")
NAMES = st.sampled_from(["c1", "c2", "c3"])
FIGURES = st.integers(1, 3).map(lambda units: {"units": units})
NAMED = st.fixed_dictionaries({"condition": NAMES})
ACTS = st.one_of(
    st.just(("note", {"text": "Nothing."})),
    st.tuples(st.just("waive_condition"), NAMED),
    st.tuples(
        st.just("fix_condition"), st.fixed_dictionaries({"condition": NAMES, "value": FIGURES})
    ),
    st.tuples(
        st.just("propose_condition"),
        st.fixed_dictionaries({"condition": NAMES, "kind": st.just("unit_cap"), "value": FIGURES}),
    ),
)
BEGUN: list[tuple[str, dict[str, Any]]] = [
    ("propose_condition", {"condition": "c1", "kind": "unit_cap", "value": {"units": 1}}),
    ("fix_condition", {"condition": "c1"}),
    ("propose_condition", {"condition": "c2", "kind": "unit_cap", "value": {"units": 1}}),
    ("fix_condition", {"condition": "c2"}),
    ("waive_condition", {"condition": "c2"}),
    ("set_conditions", {"none": False}),
    ("note", {"text": "One."}),
    ("note", {"text": "Two."}),
]


def bound(case: Recalling) -> dict[str, Any]:
    """What the buyer is bound to."""
    terms = case.snapshot["conditions"].items()
    return {name: term["value"] for name, term in terms if term["status"] == "accepted"}


@tried(60)
@given(data=st.data())
def test_what_is_accepted_is_what_was_shown(data: st.DataObject) -> None:
    case = Recalling(both())
    accepted(case.create())
    begun = [(NDRC, kind, "ndrc", told) for kind, told in BEGUN]
    carry(case, *TO_MINISTRY_APPROVED, *begun, (RECORDER, "note", "ndrc"))
    last = len(case.decisions)
    carry(case, (THE_BUYER, "accept_conditions"))
    shown = bound(case)
    assert shown.keys() == {"c1"}
    for _ in range(4):
        seq = data.draw(st.integers(last - len(BEGUN), last))
        drawn = data.draw(st.none() | ACTS)
        event: dict[str, Any] | None = None
        if drawn is not None:
            pieces = [{**one} for one in evidence("official_notice")]
            event = {"type": drawn[0], "authority": "ndrc", "data": drawn[1], "evidence": pieces}
        case.correct(data.draw(st.sampled_from([NDRC, NDRC, NDRC, RECORDER])), seq, event)
        assert bound(case).items() <= shown.items()
    sound(case)
