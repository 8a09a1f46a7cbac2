"""Who acts for whom: every role, the authority named or left out."""

from dataclasses import replace

import pytest

from tests.unit.acting import (
    ANOTHER_BUYER,
    AUDITOR,
    BUYER,
    OPERATOR,
    RECORDER,
    THE_BUYER,
    Case,
    accepted,
    decisive,
    officer,
    person,
    told,
)
from workflow.domain.authority import authorise
from workflow.domain.principal import CLOCK, LINK, PEOPLE, Actor, Principal, Role, Scope, system
from workflow.domain.refusals import Refusal
from workflow.machine import Engine


def actor(
    engine: Engine, kind: str, who: Principal, named: str | None = None
) -> tuple[Role, str | None] | str:
    """The role and authority of the actor, or the code of the refusal."""
    procedure = engine.procedure
    spec = procedure.creation if kind == "create" else procedure.events[kind]
    found = authorise(procedure, spec, who, BUYER, named)
    return (found.role, found.authority) if isinstance(found, Actor) else found.code


class TestOfficer:
    def test_acts_for_its_own_authority_named_or_not(self, engine: Engine) -> None:
        for named in (None, "miit"):
            expected = (Role.OFFICER, "miit")
            assert actor(engine, "approve", officer("miit"), named) == expected

    @pytest.mark.parametrize("named", ["mofcom", "ndrc", "buyer", "nobody", ""])
    def test_never_for_another(self, engine: Engine, named: str) -> None:
        assert actor(engine, "approve", officer("miit"), named) == "wrong-authority"

    def test_of_an_authority_without_a_part_in_the_event(self, engine: Engine) -> None:
        assert actor(engine, "approve", officer("customs")) == "wrong-authority"
        assert actor(engine, "approve", officer("customs"), "customs") == "wrong-authority"

    def test_of_two_authorities_names_one_where_both_fit(self, engine: Engine) -> None:
        both = officer("miit", "mofcom")
        assert actor(engine, "approve", both) == "authority-required"
        assert actor(engine, "approve", both, "mofcom") == (Role.OFFICER, "mofcom")
        assert actor(engine, "propose_licence", both) == (Role.OFFICER, "mofcom")

    def test_is_told_which_fit(self, engine: Engine) -> None:
        procedure = engine.procedure
        both = officer("miit", "mofcom", "customs")
        found = authorise(procedure, procedure.events["approve"], both, BUYER, None)
        assert isinstance(found, Refusal)
        assert found.parameters == {"authorities": "miit, mofcom"}
        assert found.field == ("authority",)

    def test_of_none_acts_for_none(self, engine: Engine) -> None:
        assert actor(engine, "approve", officer()) == "wrong-authority"

    def test_does_not_act_on_its_own_organisations_application(self, engine: Engine) -> None:
        insider = Principal("i", BUYER, frozenset({Role.OFFICER}), frozenset({"miit"}))
        for kind in ("approve", "note", "confirm"):
            assert actor(engine, kind, insider) == "own-organisation"


class TestBuyer:
    def test_acts_for_itself_named_or_not(self, engine: Engine) -> None:
        for named in (None, "buyer"):
            assert actor(engine, "declare_order", THE_BUYER, named) == (Role.BUYER, "buyer")

    def test_never_for_an_authority(self, engine: Engine) -> None:
        assert actor(engine, "approve", THE_BUYER) == "wrong-authority"
        assert actor(engine, "approve", THE_BUYER, "miit") == "wrong-authority"
        assert actor(engine, "declare_order", THE_BUYER, "miit") == "wrong-authority"

    def test_with_authorities_of_its_own_is_still_a_buyer(self, engine: Engine) -> None:
        odd = Principal("odd", BUYER, frozenset({Role.BUYER}), frozenset({"miit"}))
        assert actor(engine, "approve", odd, "miit") == "wrong-authority"

    def test_only_on_its_own_application(self, engine: Engine) -> None:
        for kind in ("declare_order", "approve", "note", "create"):
            assert actor(engine, kind, ANOTHER_BUYER) == "not-your-application"


class TestRecorder:
    @pytest.mark.parametrize("named", ["miit", "mofcom"])
    def test_enters_the_act_of_whom_it_names(self, engine: Engine, named: str) -> None:
        assert actor(engine, "approve", RECORDER, named) == (Role.RECORDER, named)

    def test_names_somebody_whose_act_it_can_be(self, engine: Engine) -> None:
        assert actor(engine, "approve", RECORDER, "ndrc") == "wrong-authority"
        assert actor(engine, "approve", RECORDER) == "authority-required"

    def test_need_not_name_the_only_one(self, engine: Engine) -> None:
        assert actor(engine, "set_conditions", RECORDER) == (Role.RECORDER, "ndrc")
        assert actor(engine, "declare_order", RECORDER) == (Role.RECORDER, "buyer")
        assert actor(engine, "create", RECORDER) == (Role.RECORDER, "buyer")

    def test_may_leave_out_whom_the_reports_do_not_name(self, engine: Engine) -> None:
        assert actor(engine, "grant_in_principle", RECORDER) == (Role.RECORDER, None)
        assert actor(engine, "grant_in_principle", RECORDER, "ndrc") == (Role.RECORDER, "ndrc")
        assert actor(engine, "grant_in_principle", RECORDER, "bis") == "wrong-authority"

    def test_never_confirms(self, engine: Engine) -> None:
        for named in (None, "miit", "buyer", "nobody"):
            assert actor(engine, "confirm", RECORDER, named) == "recorder-never-confirms"

    def test_of_the_buyers_organisation_is_still_a_recorder(self, engine: Engine) -> None:
        recorder = person(Role.RECORDER, BUYER)
        assert actor(engine, "set_conditions", recorder) == (Role.RECORDER, "ndrc")


def test_an_officer_may_not_leave_out_the_authority_of_a_report(engine: Engine) -> None:
    assert actor(engine, "grant_in_principle", officer("miit", "ndrc")) == "authority-required"


@pytest.mark.parametrize("who", [AUDITOR, OPERATOR, Principal("x", "x", frozenset())])
def test_nobody_else_posts(engine: Engine, who: Principal) -> None:
    for kind in [*engine.procedure.events, "create"]:
        own = kind == "migrate" and who is OPERATOR
        assert actor(engine, kind, who, "miit") == "wrong-authority" if own else "role-may-not"


def test_a_migration_is_the_operators_alone(engine: Engine) -> None:
    for named in (None, "operator"):
        assert actor(engine, "migrate", OPERATOR, named) == (Role.OPERATOR, "operator")
        assert actor(engine, "migrate", RECORDER, named) == "wrong-authority"
        assert actor(engine, "migrate", officer("miit", "operator"), named) == "wrong-authority"
        assert actor(engine, "migrate", THE_BUYER, named) == "wrong-authority"
        assert actor(engine, "note", OPERATOR, named) == "role-may-not"


class TestNote:
    def test_is_anybodys_who_may_post(self, engine: Engine) -> None:
        assert actor(engine, "note", officer("bis")) == (Role.OFFICER, "bis")
        assert actor(engine, "note", officer("bis", "miit")) == (Role.OFFICER, None)
        assert actor(engine, "note", officer("bis", "miit"), "bis") == (Role.OFFICER, "bis")
        assert actor(engine, "note", officer()) == (Role.OFFICER, None)
        assert actor(engine, "note", THE_BUYER) == (Role.BUYER, "buyer")
        assert actor(engine, "note", RECORDER) == (Role.RECORDER, None)

    @pytest.mark.parametrize("named", ["miit", "mofcom", "ndrc", "customs", "bis", "buyer"])
    def test_of_a_recorder_is_of_whom_it_names(self, engine: Engine, named: str) -> None:
        assert actor(engine, "note", RECORDER, named) == (Role.RECORDER, named)
        assert actor(engine, "note", RECORDER, "senate") == "wrong-authority"


def test_of_several_roles_the_one_with_the_act_is_used(engine: Engine) -> None:
    """An officer who also records acts as an officer where it may, else enters a report."""
    both = Principal("o", "miit", frozenset({Role.OFFICER, Role.RECORDER}), frozenset({"miit"}))
    assert actor(engine, "approve", both) == (Role.OFFICER, "miit")
    assert actor(engine, "confirm", both) == (Role.OFFICER, "miit")
    assert actor(engine, "approve", both, "mofcom") == (Role.RECORDER, "mofcom")


class TestSeparation:
    """Who runs the service does not decide, who examines it does not write, and who decides is
    no party, whatever other roles they hold.
    """

    @pytest.mark.parametrize("alone", [Role.AUDITOR, Role.OPERATOR])
    @pytest.mark.parametrize("other", [Role.OFFICER, Role.BUYER, Role.RECORDER])
    def test_a_role_that_stands_alone_takes_the_others_away(
        self, engine: Engine, alone: Role, other: Role
    ) -> None:
        who = Principal("x", "x", frozenset({alone, other}), frozenset({"miit"}))
        for kind in [*engine.procedure.events, "create"]:
            if kind != "migrate":  # what is the operator's
                assert actor(engine, kind, who) == "role-may-not"
        own = replace(who, organisation=BUYER)
        assert actor(engine, "withdraw", own) == "role-may-not"

    @pytest.mark.parametrize("other", [Role.RECORDER, Role.BUYER])
    def test_an_officer_has_no_other_way_to_its_own_organisations_application(
        self, engine: Engine, other: Role
    ) -> None:
        who = Principal("x", BUYER, frozenset({Role.OFFICER, other}), frozenset({"miit"}))
        for kind in [*engine.procedure.events, "create"]:
            for named in (None, "miit", "buyer"):
                assert actor(engine, kind, who, named) == "own-organisation"

    def test_a_recorder_confirms_only_as_the_officer_that_it_is_too(self, engine: Engine) -> None:
        roles = frozenset({Role.OFFICER, Role.RECORDER})
        who = Principal("x", "x", roles, frozenset({"miit"}))
        assert actor(engine, "confirm", who) == (Role.OFFICER, "miit")
        assert actor(engine, "confirm", who, "mofcom") == "wrong-authority"


@pytest.mark.parametrize("who", [THE_BUYER, RECORDER, officer("miit"), AUDITOR])
def test_a_credential_without_the_scope_posts_nothing(engine: Engine, who: Principal) -> None:
    held = replace(who, scopes=frozenset({Scope.READ, Scope.MANAGE}))
    for kind in [*engine.procedure.events, "create"]:
        assert actor(engine, kind, held, "miit") == "scope-missing"


def test_a_refusal_names_the_roles_held(case: Case) -> None:
    both = Principal("x", "x", frozenset({Role.OPERATOR, Role.AUDITOR}))
    refused = case.ask(both, "note")
    assert decisive(refused) == (3, "role-may-not")
    assert told(refused).parameters == {"role": "auditor, operator"}


def test_the_record_keeps_who_in_which_role_for_whom(case: Case) -> None:
    who = Principal("o", "org", frozenset({Role.OFFICER}), frozenset({"ndrc", "miit"}), "key-7")
    record = accepted(case.post(who, "grant_in_principle", "ndrc")).record
    kept = [record[name] for name in ("principal", "organisation", "role", "credential")]
    assert kept == ["o", "org", "officer", "key-7"]
    assert record["authority"] == "ndrc"


def test_an_officer_never_acts_as_the_buyer(engine: Engine) -> None:
    """`buyer` among an officer's authorities opens nothing."""
    impostor = officer("miit", "buyer")
    assert actor(engine, "withdraw", impostor) == "wrong-authority"
    assert actor(engine, "withdraw", impostor, "buyer") == "wrong-authority"
    assert actor(engine, "approve", impostor) == (Role.OFFICER, "miit")


def test_the_service_acts_for_itself_alone(engine: Engine) -> None:
    clock = system(CLOCK)
    assert actor(engine, "expire", clock) == (Role.SYSTEM, CLOCK)
    assert actor(engine, "expire", clock, CLOCK) == (Role.SYSTEM, CLOCK)
    assert actor(engine, "expire", system(LINK)) == "wrong-authority"
    for kind in ("note", "approve", "create", "withdraw"):
        assert actor(engine, kind, clock) == "wrong-authority"


def test_nobody_else_acts_for_the_service(engine: Engine) -> None:
    for who in (officer("mofcom", CLOCK), THE_BUYER, RECORDER):
        for kind in ("expire", "note"):
            assert actor(engine, kind, who, CLOCK) == "wrong-authority"
    assert Role.SYSTEM not in PEOPLE
    assert PEOPLE | {Role.SYSTEM} == frozenset(Role)
