"""What `h200-import` says, against the facts it is made of."""

import pytest

from workflow.domain.principal import CLOCK
from workflow.domain.procedure import Deadline, Label, Move, Procedure, Thresholds, Turn
from workflow.machine import Engine
from workflow.procedures import load_packaged

AUTHORITIES = {
    "miit": "工业和信息化部",
    "mofcom": "商务部",
    "ndrc": "国家发展和改革委员会",
    "customs": "海关总署",
    "bis": "美国商务部工业与安全局",
}
ROADS = {
    ("submitted", "grant_in_principle", "in_principle"),
    ("in_principle", "approve", "ministry_approved"),
    ("ministry_approved", "set_conditions", "ndrc_conditioned"),
    ("ndrc_conditioned", "issue_licence", "licensed"),
    ("licensed", "record_shipment", "shipped"),
    ("licensed", "give_up_balance", "shipped"),
    ("shipped", "reverse_shipment", "licensed"),
    ("licensed", "suspend", "suspended"),
    ("suspended", "reinstate", "licensed"),
    ("licensed", "revoke", "revoked"),
    ("suspended", "revoke", "revoked"),
    ("licensed", "expire", "expired"),
    ("suspended", "expire", "expired"),
    ("expired", "reissue_licence", "licensed"),
    ("licensed", "answer_withdrawal", "withdrawn"),
    ("refused", "answer_appeal", "in_principle"),
    ("ministry_approved", "answer_amendment", "in_principle"),
    ("ndrc_conditioned", "answer_amendment", "in_principle"),
    *(
        (state, event, to)
        for state in ("submitted", "in_principle", "ministry_approved", "ndrc_conditioned")
        for event, to in (("refuse", "refused"), ("return", "returned"), ("withdraw", "withdrawn"))
    ),
}


@pytest.fixture(scope="module")
def procedure() -> Procedure:
    return load_packaged()["h200-import", 1]


def test_it_runs(procedure: Procedure) -> None:
    assert Engine(procedure).procedure is procedure


def test_its_authorities_have_their_official_names(procedure: Procedure) -> None:
    assert {name: one.label.zh for name, one in procedure.authorities.items()} == AUTHORITIES


def test_its_ways_are_those_of_the_facts(procedure: Procedure) -> None:
    assert {
        (source, spec.type, move.target)
        for spec in procedure.events.values()
        for move in spec.moves
        if move.target
        for source in move.sources
    } == ROADS


def test_a_quorum_and_a_balance_leave_the_state_until_they_are_reached(
    procedure: Procedure,
) -> None:
    assert procedure.events["approve"].moves == (
        Move(("in_principle",), "ministry_approved", "quorum_reached"),
        Move(("in_principle",), None, None),
    )
    assert procedure.events["record_shipment"].moves[1] == Move(("licensed",), None, None)


def test_only_what_nothing_will_leave_is_final(procedure: Procedure) -> None:
    final = {state.id for state in procedure.states.values() if state.final}
    assert final == {"returned", "withdrawn", "revoked", "lapsed"}


def test_nothing_lapses_in_this_version(procedure: Procedure) -> None:
    assert procedure.states.keys() - procedure.live_states.keys() == {"lapsed"}
    assert "lapse" not in procedure.events


def test_only_the_clock_lets_a_licence_expire(procedure: Procedure) -> None:
    by_the_service = {kind: spec.by for kind, spec in procedure.events.items() if CLOCK in spec.by}
    assert by_the_service == {"expire": (CLOCK,)}


def test_an_appeal_has_sixty_days(procedure: Procedure) -> None:
    timed = {kind: spec.within_days for kind, spec in procedure.events.items() if spec.within_days}
    assert timed == {"appeal": 60}


def test_four_eyes_watch_the_vote_and_the_licence(procedure: Procedure) -> None:
    guarded = {kind for kind, spec in procedure.events.items() if spec.guarded}
    watched = {kind for kind, spec in procedure.events.items() if "four_eyes" in spec.guards}
    assert guarded == {"approve", "propose_licence", "issue_licence", "reissue_licence"}
    assert watched == {"approve", "issue_licence", "reissue_licence"}


def test_only_what_belongs_to_no_state_may_happen_at_any_time(procedure: Procedure) -> None:
    anytime = {kind for kind, spec in procedure.events.items() if spec.anytime}
    assert anytime == {"note", "confirm", "correct", "migrate"}


def test_the_evidence_of_every_act(procedure: Procedure) -> None:
    at_least_press = {"issue_licence", "reissue_licence", "suspend", "reinstate", "revoke"}
    at_least_press |= {"record_shipment", "reverse_shipment", "clear_export", "withhold_export"}
    at_least_press |= {"meet_condition"}
    for kind, spec in procedure.events.items():
        if kind in ("note", "confirm", "correct", "migrate", "expire", "link_export"):
            expected = Thresholds(None, None)
        elif kind == "claim_met":
            expected = Thresholds("press_report", "company_statement")
        elif spec.by == ("buyer",):
            expected = Thresholds(None, "company_statement")
        else:
            accept = "press_report" if kind in at_least_press else "anonymous_source"
            expected = Thresholds(accept, "official_notice")
        assert spec.evidence == expected, kind
    assert procedure.creation.evidence == Thresholds(None, "company_statement")
    assert procedure.creation.by == ("buyer",)


def test_reasons_are_required_where_somebody_is_sent_away(procedure: Procedure) -> None:
    reasoned = {kind for kind, spec in procedure.events.items() if spec.reason_required}
    assert reasoned == {"refuse", "return", "suspend", "revoke", "appeal", "extend_deadline"}


def test_a_report_may_leave_out_who_cleared_in_principle(procedure: Procedure) -> None:
    unattributed = {kind for kind, spec in procedure.events.items() if spec.unattributed}
    assert unattributed == {"grant_in_principle"}


def test_who_is_waited_for(procedure: Procedure) -> None:
    turns = {name: state.turns for name, state in procedure.states.items() if state.turns}
    assert turns == {
        "submitted": (Turn("miit", None), Turn("mofcom", None), Turn("ndrc", None)),
        "in_principle": (Turn("miit", "voted"), Turn("mofcom", "voted")),
        "ministry_approved": (Turn("ndrc", None),),
        "ndrc_conditioned": (
            Turn("buyer", "order_declared"),
            Turn("buyer", "conditions_accepted"),
            Turn("mofcom", None),
        ),
        "licensed": (
            Turn("bis", "gates_open"),
            Turn("mofcom", "withdrawal_answered"),
            Turn("customs", None),
        ),
        "suspended": (Turn("mofcom", None),),
        "refused": tuple(Turn(body, "appeal_answered") for body in ("miit", "mofcom", "ndrc")),
    }


def test_the_sentences_that_the_reports_printed(procedure: Procedure) -> None:
    state = procedure.states["ministry_approved"]
    assert state.sentence.en == "Conditionally approved; conditions still being finalised"
    assert state.sentence_in_pool.en.format(units="more than 400,000") == (
        "Permitted to buy part of more than 400,000 units in total;"
        " conditions still being finalised"
    )
    assert state.sentence_in_pool.zh.format(units="超过40万") == (
        "获准购买合计超过40万枚中的一部分，条件仍在敲定"
    )


def test_a_state_without_a_sentence_of_its_own_for_pools_uses_the_other(
    procedure: Procedure,
) -> None:
    state = procedure.states["withdrawn"]
    assert (
        state.sentence_in_pool
        == state.sentence
        == Label("Application withdrawn by the buyer", "买方已撤回申请")
    )


def test_the_time_limits_are_those_of_the_law_and_marked_as_assumed(procedure: Procedure) -> None:
    def limit(deadline: Deadline) -> tuple[int | str | None, int]:
        return deadline.working_days or deadline.after, deadline.extension

    assert {name: limit(one) for name, one in procedure.deadlines.items()} == {
        "decision": (20, 10),
        "joint_decision": (45, 15),
        "delivery": (10, 0),
        "expiry": ("valid_until", 0),
    }
    assert {one.event for one in procedure.deadlines.values()} == {None, "expire"}
    told = [one.basis for one in procedure.deadlines.values()]
    assert all("assumed" in basis.en and "假定" in basis.zh for basis in told)
    assert any("Administrative Licensing Law" in text.en for text in procedure.assumptions)
    assert (procedure.calendar, procedure.time_zone) == ("CN", "Asia/Shanghai")
