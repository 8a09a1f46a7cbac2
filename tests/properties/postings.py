"""Random events: most of them plausible in the present state, some of them not."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from tests.properties.acts import MINUTE, Posted, Somebody
from tests.properties.history import History
from tests.properties.people import (
    BIS,
    CUSTOMS,
    EVERYBODY,
    MIIT,
    MOFCOM,
    NDRC,
    OF_BOTH_MINISTRIES,
    RECORDER,
    SECOND_OF_MOFCOM,
    THE_BUYER,
    THE_CLOCK,
    acting_for,
)
from tests.properties.shapes import LARGEST, Data
from tests.properties.table import BODIES, CLOCK, EVERYWHERE, GRADES, TABLE

Step = tuple[Somebody, Posted]
START = 1_769_918_400_000
"""2026-02-01T04:00:00Z."""

ENDS = ("returned", "refused", "withdrawn", "revoked")
OFFICIAL = ("official_notice",)

NAMES = st.sampled_from(["c1", "c1", "c2", "c3"])
QUERIES, HOLDS = st.sampled_from(["q1", "q2"]), st.sampled_from(["h1", "h2"])
STOPPED = st.lists(st.sampled_from([*TABLE, "nonsense", "record_shipment"]), min_size=1, max_size=2)
SOME_UNITS = st.sampled_from([1, 2, 3, 5, 8, 400])
DAYS = st.sampled_from(["2026-01-01", "2026-02-01", "2026-02-02", "2026-12-31"])
POOLS = st.sampled_from([*[None] * 8, *["joint-1", "joint-2"] * 3, "unregistered"])
VALUES: dict[str, st.SearchStrategy[Data]] = {
    "domestic_share": st.fixed_dictionaries(
        {}, optional={"basis_points": st.sampled_from([None, 0, 3_000, 10_000])}
    ),
    "unit_cap": st.fixed_dictionaries({}, optional={"units": st.sampled_from([None, 2, 5, 400])}),
    "end_use": st.sampled_from([{}, {"excluded": ["military"]}]),
    "reporting": st.sampled_from([{}, {"every_days": 90}]),
    "other": st.just({}),
}

FINE: dict[str, st.SearchStrategy[Data]] = {
    "declare_order": st.fixed_dictionaries(
        {"units": SOME_UNITS}, optional={"agent": st.sampled_from([None, "Example Trading"])}
    ),
    "propose_condition": st.sampled_from(sorted(VALUES)).flatmap(
        lambda kind: st.fixed_dictionaries(
            {"condition": NAMES, "kind": st.just(kind), "value": VALUES[kind]},
            optional={"precedent": st.sampled_from([False, False, False, True])},
        )
    ),
    "fix_condition": st.fixed_dictionaries(
        {"condition": NAMES}, optional={"value": st.one_of(*VALUES.values())}
    ),
    **dict.fromkeys(
        ("waive_condition", "consent", "claim_met", "meet_condition"),
        st.fixed_dictionaries({"condition": NAMES}),
    ),
    "set_conditions": st.sampled_from([{}, {"none": True}, {"none": False}]),
    "propose_licence": st.fixed_dictionaries(
        {"units": SOME_UNITS, "valid_from": DAYS, "valid_until": DAYS},
        optional={"max_uses": st.sampled_from([None, 1, 2])},
    ),
    "issue_licence": st.just({"licence": "MOFCOM-2026-0001"}),
    "reissue_licence": st.fixed_dictionaries(
        {"valid_from": DAYS, "valid_until": DAYS},
        optional={"max_uses": st.sampled_from([None, 1, 2])},
    ),
    **dict.fromkeys(
        ("claim_allocation", "fix_allocation"),
        st.fixed_dictionaries(
            {}, optional={"units": st.sampled_from([None, 1, 400]), "pool": POOLS}
        ),
    ),
    "link_export": st.fixed_dictionaries(
        {"application": st.sampled_from(["us-1", "us-2", "us-3"])}
    ),
    "recuse": st.fixed_dictionaries({"deputy": st.sampled_from(["both", "miit-a", "mofcom-b"])}),
    "extend_deadline": st.fixed_dictionaries({"working_days": st.sampled_from([1, 10, 15, 16])}),
    "amend": st.fixed_dictionaries({"units": SOME_UNITS}),
    **dict.fromkeys(
        ("answer_amendment", "answer_withdrawal", "answer_appeal"),
        st.fixed_dictionaries({"accept": st.booleans()}),
    ),
    "request_information": st.fixed_dictionaries({"query": QUERIES, "question": st.just("Who?")}),
    "provide_information": st.fixed_dictionaries({"query": QUERIES, "answer": st.just("We.")}),
    "hold": st.fixed_dictionaries({"hold": HOLDS, "blocks": STOPPED}),
    "release": st.fixed_dictionaries({"hold": HOLDS}),
    "clear_export": st.just({"reference": "BIS-1"}),
    "withhold_export": st.just({"reference": "BIS-2"}),
    "record_shipment": st.fixed_dictionaries(
        {"shipment": st.sampled_from(["s1", "s2", "s3"]), "units": SOME_UNITS}
    ),
    "reverse_shipment": st.fixed_dictionaries({"shipment": st.sampled_from(["s0", "s1", "s2"])}),
    "note": st.sampled_from([{"text": "No comment."}, {"text": "芯" * 300, "topic": "scrutiny"}]),
}

ODD_TEXTS = ["", " ", "c1", "c1\n", "a/b", "~", "x" * 65, "2026-02-30", "2026-W01-1"]
ODD_NUMBERS = [0, -1, 1, 10_001, LARGEST, LARGEST + 1, True, 1.0]
ODD_OBJECTS = [None, [], {}, ["military"], {"units": 0}, {"units": True}, {"every_days": 3_651}]
ODD_VALUES = [{"counted_by": "weight"}, {"excluded": [""]}, {"basis_points": -1}, {"en": "Text"}]
ODD: st.SearchStrategy[Any] = st.sampled_from([*ODD_TEXTS, *ODD_NUMBERS, *ODD_OBJECTS, *ODD_VALUES])


@st.composite
def data_for(draw: st.DrawFn, kind: str) -> Data:
    """Data of the event's shape, now and then with one field that is odd, gone or foreign."""
    data = draw(FINE.get(kind, st.just({})))
    if draw(st.integers(0, 14)) == 0:
        names = sorted({*data, "units", "value", "text", "precedent"})
        data = {**data, draw(st.sampled_from(names)): draw(ODD)}
    return data


def kinds_in(state: str | None) -> st.SearchStrategy[str]:
    """Event types: most of them known in the state, few of them an end to everything."""
    here = [kind for kind, rule in TABLE.items() if state in rule.states]
    going_on = [kind for kind in here if TABLE[kind].target not in ENDS]
    leading = [kind for kind in going_on if TABLE[kind].target is not None]
    return st.sampled_from([*here, *going_on * 3, *leading * 12, *TABLE, "nonsense"])


EVIDENCE = st.one_of(
    *[st.just(OFFICIAL)] * 4, st.lists(st.sampled_from(GRADES), max_size=2).map(tuple)
)
LAGS = st.sampled_from([None] * 24 + [0, -1, -MINUTE, -(10**9), MINUTE, MINUTE + 1, 10**9])


@st.composite
def steps(draw: st.DrawFn, application: History, now: int) -> Step:
    """One event by somebody."""
    kind = draw(kinds_in(application.state))
    rule = TABLE.get(kind)
    body, data = draw(st.sampled_from(rule.by if rule else BODIES)), draw(data_for(kind))
    aim = draw(st.integers(0, 9))
    if kind == "confirm":
        body, data = draw(confirmations(application, body, aim))
    elif aim > 1:
        body = owner_of(application, kind, data) or body
    if draw(st.integers(0, 7)) == 0:
        who = draw(st.sampled_from(EVERYBODY))
        named: str | None = draw(st.sampled_from([None, *BODIES, "nobody"]))
    else:
        who = draw(st.sampled_from(acting_for(body)))
        named = draw(st.sampled_from([body, body, None]))
    lag = draw(LAGS)
    at = None if lag is None else now + lag
    reason = draw(st.integers(0, 5)) > 0
    return who, Posted(kind, named, data, draw(EVIDENCE), at, reason)


def owner_of(application: History, kind: str, data: Data) -> str | None:
    """Whose the thing is that the event is about; None: nobody's, or everybody's."""
    if kind in ("fix_condition", "waive_condition", "consent", "meet_condition"):
        term = application.conditions().get(str(data["condition"]))
        return str(term["owner"]) if term else None
    if kind == "release":
        return application.holds().get(str(data["hold"]), (None,))[0]
    return application.entered_by if kind == "answer_appeal" else None


@st.composite
def confirmations(draw: st.DrawFn, application: History, body: str, aim: int) -> tuple[str, Data]:
    """A record to confirm, and for whom: mostly one that awaits it, and its own body."""
    pending = [n for n, entry in enumerate(application.entries, 1) if entry.confirmed is False]
    if not pending or not aim:
        return body, {"seq": draw(st.integers(1, len(application.entries) + 1))}
    seq = draw(st.sampled_from(pending))
    return application.entries[seq - 1].body or body, {"seq": seq}


CONDITION: Data = {"condition": "c1", "kind": "unit_cap", "value": {"units": 8}}
PROPOSAL: Data = {"units": 8, "valid_from": "2026-01-01", "valid_until": "2026-12-31"}
MAIN_LINE: list[Step] = [
    (NDRC, Posted("grant_in_principle", "ndrc", {}, OFFICIAL)),
    (MIIT, Posted("approve", "miit", {}, OFFICIAL)),
    (MOFCOM, Posted("approve", "mofcom", {}, OFFICIAL)),
    (NDRC, Posted("propose_condition", "ndrc", CONDITION, OFFICIAL)),
    (NDRC, Posted("fix_condition", "ndrc", {"condition": "c1"}, OFFICIAL)),
    (NDRC, Posted("set_conditions", "ndrc", {}, OFFICIAL)),
    (THE_BUYER, Posted("declare_order", "buyer", {"units": 8}, OFFICIAL)),
    (THE_BUYER, Posted("accept_conditions", "buyer", {}, OFFICIAL)),
    (BIS, Posted("clear_export", "bis", {"reference": "BIS-1"}, OFFICIAL)),
    (MOFCOM, Posted("propose_licence", "mofcom", PROPOSAL, OFFICIAL)),
    (SECOND_OF_MOFCOM, Posted("issue_licence", "mofcom", {"licence": "M-1"}, OFFICIAL)),
    (CUSTOMS, Posted("record_shipment", "customs", {"shipment": "s0", "units": 1}, OFFICIAL)),
]
TWISTS: list[dict[int, Step]] = [
    *[{}] * 8,
    *({n: (RECORDER, replace(MAIN_LINE[n][1], grades=("press_report",)))} for n in (1, 5, 9, 10)),
    {n: (RECORDER, replace(MAIN_LINE[n][1], grades=("press_report",))) for n in (1, 2)},
    {n: (OF_BOTH_MINISTRIES, MAIN_LINE[n][1]) for n in (1, 9)},
    {3: (NDRC, replace(MAIN_LINE[3][1], data={**CONDITION, "precedent": True}))},
    {9: (MOFCOM, replace(MAIN_LINE[9][1], data={**PROPOSAL, "max_uses": 1}))},
    {9: (MOFCOM, replace(MAIN_LINE[9][1], data={**PROPOSAL, "valid_until": "2026-01-31"}))},
    {1: (MIIT, Posted("return", "miit", {}, OFFICIAL))},
    {4: (NDRC, Posted("refuse", "ndrc", {}, OFFICIAL))},
    {8: (BIS, Posted("withhold_export", "bis", {"reference": "BIS-1"}, OFFICIAL))},
]
"""Steps of the main line that go another way: reported, by one person, with other terms."""


LATER: Data = {"valid_from": "2026-01-01", "valid_until": "2027-12-31"}
SHIP_THE_REST = Posted("record_shipment", "customs", {"shipment": "s1", "units": 7}, OFFICIAL)
REISSUE: Step = (MOFCOM, Posted("reissue_licence", "mofcom", LATER, OFFICIAL))
OVER = {9: (MOFCOM, replace(MAIN_LINE[9][1], data={**PROPOSAL, "valid_until": "2026-01-31"}))}
ENDINGS: list[tuple[dict[int, Step], list[Step]]] = [
    ({}, [(CUSTOMS, Posted("reverse_shipment", "customs", {"shipment": "s0"}, OFFICIAL))]),
    ({}, [(CUSTOMS, SHIP_THE_REST)]),
    ({}, [(MOFCOM, Posted("suspend", "mofcom", {}, OFFICIAL))]),
    ({}, [(MOFCOM, Posted("revoke", "mofcom", {}, OFFICIAL))]),
    ({}, [REISSUE]),
    (OVER, [(THE_CLOCK, Posted("expire", CLOCK))]),
    (OVER, [(THE_CLOCK, Posted("expire", CLOCK)), REISSUE]),
    (
        {},
        [
            (THE_BUYER, Posted("request_withdrawal", "buyer", {}, OFFICIAL)),
            (MOFCOM, Posted("answer_withdrawal", "mofcom", {"accept": True}, OFFICIAL)),
        ],
    ),
]
"""What may follow the main line, and the twist that makes it possible."""


@st.composite
def beginnings(draw: st.DrawFn) -> list[Step]:
    """The first steps of the main line, perhaps with a twist, perhaps with what follows it."""
    length = draw(st.sampled_from([0, 1, 2, 3, 4, 6, 9, 10, 11, 11, 12, 12, *[99] * 8]))
    ended, following = draw(st.sampled_from(ENDINGS)) if length > len(MAIN_LINE) else ({}, [])
    twist = ended if following else draw(st.sampled_from(TWISTS))
    return [twist.get(place, step) for place, step in enumerate(MAIN_LINE[:length])] + following


CREATIONS: st.SearchStrategy[Step] = st.builds(
    lambda who, body, pool, grades, lag: (
        who,
        Posted("create", body, {"pool": pool}, grades, None if lag is None else START + lag),
    ),
    st.sampled_from([*[THE_BUYER] * 60, *[RECORDER] * 20, *EVERYBODY]),
    st.sampled_from([*[None, "buyer"] * 8, "miit"]),
    POOLS,
    EVIDENCE,
    LAGS,
)
assert set(EVERYWHERE) == {state for rule in TABLE.values() for state in rule.states}
