"""Who may see and do what, cell by cell: principal x resource x action.

The expectations are written out here and nowhere derived; what they are held against are the
rules that the service itself asks.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import NamedTuple

import pytest

from tests.unit.acting import NOW, STATEMENT, evidence
from workflow.domain import access, buyer, pool
from workflow.domain.access import TABLE, Action, Reach
from workflow.domain.act import Event, Posting
from workflow.domain.authority import authorise
from workflow.domain.principal import Actor, Principal, Role, Scope
from workflow.domain.record import NOTHING, Decision, Document
from workflow.domain.refusals import Refusal, Refused
from workflow.domain.registry import acting
from workflow.machine import Engine

OURS, RIVALS = "ours", "rivals"


def _who(organisation: str, *roles: Role, authority: str | None = None) -> Principal:
    held = frozenset() if authority is None else frozenset({authority})
    return Principal("p", organisation, frozenset(roles), held, "their-own-key")


PRINCIPALS = {
    "buyer": _who(OURS, Role.BUYER),
    "rival": _who(RIVALS, Role.BUYER),
    "miit": _who("ministry", Role.OFFICER, authority="miit"),
    "insider": _who(OURS, Role.OFFICER, authority="miit"),
    "unnamed": _who("elsewhere", Role.OFFICER, authority="fisheries"),
    "recorder": _who("press", Role.RECORDER),
    "auditor": _who("audit", Role.AUDITOR),
    "operator": _who("ops", Role.OPERATOR),
    "nobody": _who(OURS),
    "buyer+officer": _who(OURS, Role.BUYER, Role.OFFICER, authority="miit"),
    "officer+recorder": _who("ministry", Role.OFFICER, Role.RECORDER, authority="miit"),
    "buyer+recorder": _who(OURS, Role.BUYER, Role.RECORDER),
    "auditor+officer": _who("audit", Role.AUDITOR, Role.OFFICER, authority="miit"),
    "operator+officer": _who("ops", Role.OPERATOR, Role.OFFICER, authority="miit"),
    "operator+recorder": _who("ops", Role.OPERATOR, Role.RECORDER),
    "every role": _who(OURS, *Role, authority="miit"),
}

CODES = {
    "r": "role-may-not",
    "n": "not-your-application",
    "i": "own-organisation",
    "w": "wrong-authority",
    "c": "recorder-never-confirms",
}
"""What the letters in the table stand for; `+` is yes, `-` is not seen."""

COLUMNS = (
    "see ours",  # an application of ours
    "see theirs",  # of the rival's
    "see buyer ours",
    "see buyer theirs",
    "see pool ours",  # which names us and the rival
    "see pool theirs",  # which names the rival alone
    "see share ours",
    "see share theirs",
    "see own key",
    "see other key",
    "see journal",
    "see metrics",
    "see log",
    "see entries",
    "create ours",
    "create theirs",
    "note ours",
    "note theirs",
    "approve ours",
    "withdraw ours",
    "confirm ours",
    "confirm theirs",
    "register",
    "claim",
    "grant",
    "rotate own",
    "rotate other",
    "see own webhook",
    "see other webhook",
    "keep own webhook",
    "keep other webhook",
)

# o: of our organisation (a key: its own), t: of the rival's (a key: another); j: the journal of
# access, m: the metrics, l: the log where it is not public, e: its entries. Of a webhook, as of a
# key.
CELLS = """
                  app buy pool shr key logs   open note appr with conf reg claim grant rot hook keep
                  o t o t o t  o t o t j m l e o t  o t  o    o    o t                  o t o t  o t
buyer             + - + - + -  + - + - r r + r + n  + n  w    +    + n  r   r     r     + r + -  + r
rival             - + - + + +  - + + - r r + r n +  n +  n    n    n +  r   r     r     + r + -  + r
miit              + + + + + +  + + + - r r + r w w  + +  +    w    + +  r   +     r     + r + -  + r
insider           + + + + + +  + + + - r r + r i w  i +  i    i    i +  r   +     r     + r + -  + r
unnamed           - - - - - -  - - + - r r + r w w  + +  w    w    w w  r   +     r     + r + -  + r
recorder          + + + + + +  + + + - r r + r + +  + +  +    +    c c  +   +     r     + r + -  + r
auditor           + + + + + +  + + + + + + + + r r  r r  r    r    r r  r   r     r     r r + +  + r
operator          + + + + + +  + + + + + + + + r r  r r  r    r    r r  +   r     +     + + + +  + +
nobody            - - - - - -  - - + - r r r r r r  r r  r    r    r r  r   r     r     r r - -  r r
buyer+officer     + + + + + +  + + + - r r + r i w  i +  i    i    i +  r   +     r     + r + -  + r
officer+recorder  + + + + + +  + + + - r r + r + +  + +  +    +    + +  +   +     r     + r + -  + r
buyer+recorder    + + + + + +  + + + - r r + r + +  + +  +    +    + n  +   +     r     + r + -  + r
auditor+officer   + + + + + +  + + + + + + + + r r  r r  r    r    r r  r   r     r     r r + +  + r
operator+officer  + + + + + +  + + + + + + + + r r  r r  r    r    r r  +   r     +     + + + +  + +
operator+recorder + + + + + +  + + + + + + + + r r  r r  r    r    r r  +   r     +     + + + +  + +
every role        + + + + + +  + + + + + + + + r r  r r  r    r    r r  r   r     r     r r + +  + r
"""


def _read() -> dict[tuple[str, str], str]:
    cells: dict[tuple[str, str], str] = {}
    for line in CELLS.strip("\n").splitlines()[2:]:
        name, marks = line[:18].strip(), line[18:].split()
        cells |= {(name, column): mark for column, mark in zip(COLUMNS, marks, strict=True)}
    return cells


EXPECTED = _read()


class Asked(NamedTuple):
    """One column: an action on a resource, asked of the rules."""

    action: Action
    ask: Callable[[Principal, Engine], bool | str]


def _post(kind: str, owner: str, named: str | None = None) -> Callable[[Principal, Engine], str]:
    def ask(who: Principal, engine: Engine) -> str:
        procedure = engine.procedure
        spec = procedure.creation if kind == "create" else procedure.events[kind]
        found = authorise(procedure, spec, who, owner, named)
        return "+" if isinstance(found, Actor) else found.code

    return ask


def _entry(
    rule: Callable[[Document, Posting], Decision | Refused], **data: object
) -> Callable[[Principal, Engine], str]:
    def ask(who: Principal, _engine: Engine) -> str:
        event = Event("e", "k", "f" * 64, None, None, None, evidence(STATEMENT), "", data)
        outcome = rule(NOTHING, Posting("s", who, event, NOW, "0" * 32))
        return "+" if isinstance(outcome, Decision) else outcome.decisive.code

    return ask


def _rotate(credential: str) -> Callable[[Principal, Engine], str]:
    def ask(who: Principal, _engine: Engine) -> str:
        found = acting(who, access.rotators(who, credential))
        return "+" if isinstance(found, Actor) else found.decisive.code

    return ask


def _keep(credential: str) -> Callable[[Principal, Engine], str]:
    def ask(who: Principal, _engine: Engine) -> str:
        found = acting(who, access.keepers(who, credential))
        return "+" if isinstance(found, Actor) else found.decisive.code

    return ask


def _grant(who: Principal, _engine: Engine) -> str:
    found = acting(who, access.roles_for(Action.GRANT))
    return "+" if isinstance(found, Actor) else found.decisive.code


def _shown(
    rule: Callable[[Principal], Refusal | None],
) -> Callable[[Principal, Engine], str]:
    def ask(who: Principal, _engine: Engine) -> str:
        found = rule(who)
        return "+" if found is None else found.code

    return ask


def _bodies(engine: Engine) -> frozenset[str]:
    return frozenset(engine.procedure.authorities)


ASKED = {
    "see ours": Asked(
        Action.SEE_APPLICATION, lambda who, e: access.sees_application(who, OURS, _bodies(e))
    ),
    "see theirs": Asked(
        Action.SEE_APPLICATION, lambda who, e: access.sees_application(who, RIVALS, _bodies(e))
    ),
    "see buyer ours": Asked(
        Action.SEE_BUYER, lambda who, e: access.sees_buyer(who, OURS, _bodies(e))
    ),
    "see buyer theirs": Asked(
        Action.SEE_BUYER, lambda who, e: access.sees_buyer(who, RIVALS, _bodies(e))
    ),
    "see pool ours": Asked(
        Action.SEE_POOL, lambda who, e: access.sees_pool(who, {OURS, RIVALS}, _bodies(e))
    ),
    "see pool theirs": Asked(
        Action.SEE_POOL, lambda who, e: access.sees_pool(who, {RIVALS}, _bodies(e))
    ),
    "see share ours": Asked(
        Action.SEE_SHARES, lambda who, e: access.share_seen(who, OURS, _bodies(e))
    ),
    "see share theirs": Asked(
        Action.SEE_SHARES, lambda who, e: access.share_seen(who, RIVALS, _bodies(e))
    ),
    "see own key": Asked(
        Action.SEE_CREDENTIAL, lambda who, _: access.sees_credential(who, who.credential)
    ),
    "see other key": Asked(
        Action.SEE_CREDENTIAL, lambda who, _: access.sees_credential(who, "another")
    ),
    "see journal": Asked(Action.SEE_JOURNAL, _shown(access.may_see_journal)),
    "see metrics": Asked(Action.SEE_METRICS, _shown(access.may_see_metrics)),
    "see log": Asked(Action.SEE_LOG, _shown(access.may_see_log)),
    "see entries": Asked(Action.SEE_ENTRIES, _shown(access.may_see_entries)),
    "create ours": Asked(Action.POST, _post("create", OURS)),
    "create theirs": Asked(Action.POST, _post("create", RIVALS)),
    "note ours": Asked(Action.POST, _post("note", OURS)),
    "note theirs": Asked(Action.POST, _post("note", RIVALS)),
    "approve ours": Asked(Action.POST, _post("approve", OURS, "miit")),
    "withdraw ours": Asked(Action.POST, _post("withdraw", OURS, "buyer")),
    "confirm ours": Asked(Action.CONFIRM, _post("confirm", OURS)),
    "confirm theirs": Asked(Action.CONFIRM, _post("confirm", RIVALS)),
    "register": Asked(Action.REGISTER, _entry(buyer.register, name={"en": "A", "zh": None})),
    "claim": Asked(Action.CLAIM, _entry(pool.open_pool, title={"en": "A", "zh": None}, claims=[])),
    "grant": Asked(Action.GRANT, _grant),
    "rotate own": Asked(Action.ROTATE, _rotate("their-own-key")),
    "rotate other": Asked(Action.ROTATE, _rotate("another-key")),
    "see own webhook": Asked(
        Action.SEE_WEBHOOK, lambda who, _: access.sees_webhook(who, who.credential)
    ),
    "see other webhook": Asked(
        Action.SEE_WEBHOOK, lambda who, _: access.sees_webhook(who, "another")
    ),
    "keep own webhook": Asked(Action.KEEP_WEBHOOK, _keep("their-own-key")),
    "keep other webhook": Asked(Action.KEEP_WEBHOOK, _keep("another-key")),
}
"""How each column is asked."""


@pytest.mark.parametrize(("name", "column"), sorted(EXPECTED), ids=str)
def test_every_cell(engine: Engine, name: str, column: str) -> None:
    mark = EXPECTED[name, column]
    answer = ASKED[column].ask(PRINCIPALS[name], engine)
    if isinstance(answer, bool):
        answer = "+" if answer else "-"
    assert answer == CODES.get(mark, mark)


def test_the_table_has_every_cell() -> None:
    assert set(EXPECTED) == set(product(PRINCIPALS, COLUMNS))
    assert set(ASKED) == set(COLUMNS)
    assert {asked.action for asked in ASKED.values()} == set(Action) == set(TABLE)
    assert {role for who in PRINCIPALS.values() for role in who.roles} == set(Role)


@pytest.mark.parametrize(("name", "column"), sorted(product(PRINCIPALS, COLUMNS)), ids=str)
def test_nothing_is_written_without_its_scope(engine: Engine, name: str, column: str) -> None:
    action = ASKED[column].action
    scope = TABLE[action].scope
    without = replace(PRINCIPALS[name], scopes=frozenset(Scope) - {scope})
    only = replace(PRINCIPALS[name], scopes=frozenset({scope}))
    if scope is Scope.READ:
        refusal = access.may_read(without)
        assert refusal is not None
        assert (refusal.code, refusal.parameters) == ("scope-missing", {"scope": "read"})
        assert access.may_read(only) is None
    else:
        assert ASKED[column].ask(without, engine) == "scope-missing"
        assert ASKED[column].ask(only, engine) == ASKED[column].ask(PRINCIPALS[name], engine)


def test_whoever_writes_sees_what_it_writes_on() -> None:
    for action, seen in (
        (Action.POST, Action.SEE_APPLICATION),
        (Action.CONFIRM, Action.SEE_APPLICATION),
        (Action.REGISTER, Action.SEE_BUYER),
        (Action.CLAIM, Action.SEE_SHARES),
        (Action.GRANT, Action.SEE_CREDENTIAL),
    ):
        for role, reach in TABLE[action].reach.items():
            assert TABLE[seen].reach[role] in (reach, Reach.ALL)


def test_who_sees_all_applications_and_who_but_its_own() -> None:
    watching = {name for name, who in PRINCIPALS.items() if access.watches(who)}
    assert watching == {
        name for name in PRINCIPALS if set(name.split("+")) & {"recorder", "auditor", "operator"}
    } | {"every role"}
    own = {name for name, who in PRINCIPALS.items() if access.own_only(who)}
    assert own == {"buyer", "rival", "nobody"}
    assert access.sees_credential(PRINCIPALS["auditor"], None)
    assert not access.sees_credential(PRINCIPALS["recorder"], None)
