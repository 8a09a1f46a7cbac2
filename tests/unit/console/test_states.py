"""The states that a list may be narrowed to: each is one choice."""

from collections import Counter

from api.console.naming import Names
from api.console.states import offered
from workflow.procedures import load_packaged


def test_a_state_of_several_procedures_is_one_choice() -> None:
    regimes = [Names(one, "en") for one in load_packaged().values()]
    found = offered(regimes, "In several")
    counted = Counter(code for states in found.values() for code in states)
    assert set(counted) == {code for one in regimes for code in one.procedure.live_states}
    assert set(counted.values()) == {1}
    assert found["In several"] == {"revoked": "Revoked"}
    names = [name for states in found.values() for name in states.values()]
    assert f"Returned without action · {regimes[0].title}" in names
    assert len(set(names)) == len(names)
    alone = offered(regimes[:1], "In several")
    assert list(alone) == [regimes[0].title]
    assert list(alone[regimes[0].title]) == list(regimes[0].procedure.live_states)
