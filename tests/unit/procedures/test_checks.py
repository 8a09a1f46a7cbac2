"""Each rule that a procedure file must keep: what breaks it, on which line, in which words.

A case replaces one piece of `permit.yaml`; the mark `# <-` stands on the line that is blamed.
"""

from pathlib import Path

import pytest

from workflow.domain.licence import ISSUING
from workflow.domain.procedure import Move
from workflow.domain.rules import EFFECTS
from workflow.domain.validity import BOUNDED
from workflow.procedures import ProcedureError, load, load_all, parse
from workflow.procedures.check import NEEDED_GUARDS, OWNED
from workflow.procedures.flow import NEEDS_LICENCE

PERMIT = Path(__file__).with_name("permit.yaml")
TEXT = PERMIT.read_text(encoding="utf-8")

LABEL = "label: {en: More, zh: 更多}"
NONE = "evidence: {accept: null, confirm: null}"
AGREED = "label: {en: Agreed, zh: 已同意}"
GRANTED = "  grant:\n    label: {en: Grant, zh: 发证}\n    by: [office]\n"


def event(*lines: str) -> tuple[str, str]:
    """One more event at the end of the file."""
    return "", "".join(f"{line}\n" for line in ["  more:", *(f"    {line}" for line in lines)])


def problems(text: str) -> list[tuple[int, str]]:
    with pytest.raises(ProcedureError) as caught:
        parse(text.encode(), "permit.yaml")
    return [(problem.line, problem.message) for problem in caught.value.problems]


def changed(old: str, new: str) -> str:
    if not old:
        return TEXT + new
    assert TEXT.count(old) == 1
    return TEXT.replace(old, new)


SHAPE = {
    "a key that has no meaning": (
        ("initial: asked", "initial: asked\ncolour: red # <-"),
        "colour: `colour` has no meaning here",
    ),
    "a label missing in a state": (
        (f"  agreed:\n    {AGREED}\n", "  agreed: # <-\n"),
        "states.agreed: `label` is missing",
    ),
    "a label missing in one language": (
        (AGREED, "label: {en: Agreed} # <-"),
        "states.agreed.label: `zh` is missing",
    ),
    "a label that is a number": (
        (AGREED, "label: {en: 7, zh: 七} # <-"),
        "states.agreed.label.en: must be a text; a number needs quotes",
    ),
    "an empty label": (
        (AGREED, 'label: {en: "", zh: 七} # <-'),
        "states.agreed.label.en: must be one line of text without blanks at its ends",
    ),
    "a label that is no mapping": (
        (AGREED, "label: Agreed # <-"),
        "states.agreed.label: must be a mapping (`key: value`)",
    ),
    "a line that is neither main nor side": (
        ("line: side", "line: other # <-"),
        "states.closed.line: must be 'main' or 'side'",
    ),
    "a yes that is not true": (
        ("final: true", "final: yes # <-"),
        "states.closed.final: must be true or false",
    ),
    "an id with a capital": (
        ("  harbour: {en: Harbour, zh: 港口}", "  Harbour: {en: Harbour, zh: 港口} # <-"),
        "gates.Harbour: must be lower-case letters, digits and `_`, beginning with a letter",
    ),
    "a version below one": (
        ("version: 1", "version: 0 # <-"),
        "version: must be greater than or equal to 1",
    ),
    "a version beyond 2^53-1": (
        ("version: 1", "version: 9007199254740992 # <-"),
        "version: must be less than or equal to 9007199254740991",
    ),
    "an unknown time zone": (
        ("Asia/Shanghai", "Asia/Shangri-La # <-"),
        "time_zone: unknown time zone `Asia/Shangri-La`",
    ),
    "a time zone that is a folder": (
        ("Asia/Shanghai", "Asia # <-"),
        "time_zone: unknown time zone `Asia`",
    ),
    "a calendar that is no country": (
        ("calendar: CN", "calendar: China # <-"),
        "calendar: must be the two capital letters of a country (ISO 3166), such as CN",
    ),
    "an unknown guard": (
        event(LABEL, "by: [office]", "from: asked", NONE, "guards: [its_turm] # <-"),
        "events.more.guards.0: unknown guard `its_turm`; did you mean `its_turn`?",
    ),
    "the guard that four_eyes brings": (
        event(LABEL, "by: [office]", "from: asked", NONE, "guards: [four_eyes] # <-"),
        "events.more.guards.0: unknown guard `four_eyes`",
    ),
    "an unknown effect": (
        event(LABEL, "by: [office]", "from: asked", NONE, "effect: notes # <-"),
        "events.more.effect: unknown effect `notes`; did you mean `note`?",
    ),
    "an unknown payload": (
        event(LABEL, "by: [office]", "from: asked", NONE, "payload: orders # <-"),
        "events.more.payload: unknown payload `orders`; did you mean `order`?",
    ),
    "an unknown grade": (
        event(
            LABEL, "by: [office]", "from: asked", "evidence: {accept: rumour, confirm: null} # <-"
        ),
        "events.more.evidence.accept: unknown grade `rumour`",
    ),
    "an unknown predicate of a move": (
        ("when: balance_nil}", "when: balance_nul} # <-"),
        "events.ship.moves.0.when: unknown predicate of a move `balance_nul`;"
        " did you mean `balance_nil`?",
    ),
    "an unknown predicate of a turn": (
        ("{who: office, until: voted}, bureau]", "{who: office, until: votes}, bureau] # <-"),
        "states.asked.waiting_on.0.until: unknown predicate of a turn `votes`;"
        " did you mean `voted`?",
    ),
    "thresholds left unsaid": (
        event(LABEL, "by: [office]", "from: asked", "evidence: {accept: null} # <-"),
        "events.more.evidence: `confirm` is missing",
    ),
    "an event that nobody may post": (
        event(LABEL, "by: [] # <-", "from: asked", NONE),
        "events.more.by: must not be empty",
    ),
    "a name written twice": (
        event(LABEL, "by: [office, office] # <-", "from: asked", NONE),
        "events.more.by: names `office` twice",
    ),
    "a deadline of no days": (
        ("working_days: 20", "working_days: 0 # <-"),
        "deadlines.decision.working_days: must be greater than or equal to 1",
    ),
    "a body of the service's that is written wrongly": (
        event(LABEL, "by: [clock:system] # <-", "from: asked", NONE),
        "events.more.by.0: must be an authority, `buyer`, `operator`, `anyone` or the service"
        " itself, such as `system:clock`",
    ),
    "the guard that within_days brings": (
        event(LABEL, "by: [office]", "from: asked", NONE, "guards: [in_time] # <-"),
        "events.more.guards.0: unknown guard `in_time`",
    ),
    "a time of no days": (
        event(LABEL, "by: [office]", "from: asked", NONE, "within_days: 0 # <-"),
        "events.more.within_days: must be greater than or equal to 1",
    ),
    "a reason that is only wished for": (
        ("reason: required", "reason: optional # <-"),
        "events.close.reason: must be 'required'",
    ),
}

NAMES = {
    "an unknown initial state": (
        ("initial: asked", "initial: aksed # <-"),
        "initial: unknown state `aksed`; did you mean `asked`?",
    ),
    "an authority called buyer": (
        (
            "gates:\n",
            "  buyer: # <-\n    {label: {en: B, zh: 买}, short: {en: B, zh: 买}}\ngates:\n",
        ),
        "authorities.buyer: `buyer` has a meaning of its own; choose another id",
    ),
    "a state called any": (
        ("deadlines:\n", "  any: # <-\n    label: {en: Any, zh: 任意}\ndeadlines:\n"),
        "states.any: `any` means every state; choose another id",
    ),
    "an unknown authority": (
        event(LABEL, "by: [offise] # <-", "from: asked", NONE),
        "events.more.by.offise: unknown authority `offise`; did you mean `office`?",
    ),
    "an unknown authority in a turn": (
        ("until: voted}, bureau]", "until: voted}, bureaus] # <-"),
        "states.asked.waiting_on.1: unknown authority `bureaus`; did you mean `bureau`?",
    ),
    "an unknown source": (
        event(LABEL, "by: [office]", "from: [asked, agred] # <-", NONE),
        "events.more.from.agred: unknown state `agred`; did you mean `agreed`?",
    ),
    "an unknown target": (
        event(LABEL, "by: [office]", "from: asked", "to: grantet # <-", NONE),
        "events.more.to: unknown state `grantet`; did you mean `granted`?",
    ),
    "any among other states": (
        event(LABEL, "by: [office]", "from: [asked, any] # <-", NONE),
        "events.more.from.any: unknown state `any`",
    ),
    "an unknown state of a deadline": (
        ("states: asked", "states: [asked, aked] # <-"),
        "deadlines.decision.states.aked: unknown state `aked`; did you mean `asked`?",
    ),
    "an unknown event of four eyes": (
        event(LABEL, "by: [office]", "from: asked", NONE, "four_eyes: [ask] # <-"),
        "events.more.four_eyes.ask: unknown event `ask`",
    ),
    "an unknown gate": (
        ("gate: harbour", "gate: harbor # <-"),
        "events.clear.gate: unknown gate `harbor`; did you mean `harbour`?",
    ),
    "an event called as the creation": (
        ("  remark:\n", "  ask: # <-\n"),
        "events.ask: `ask` is already the creation's type",
    ),
    "a brace in a sentence": (
        ("zh: 已获同意}", 'zh: "{units}"} # <-'),
        "states.agreed.sentence.zh: no braces here",
    ),
    "a strange brace in a pool's sentence": (
        ('zh: "已同意，共{units}"}', 'zh: "已同意，共{unit}"} # <-'),
        "states.agreed.sentence_in_pool.zh: braces are for {units} alone",
    ),
}

ACTS = {
    "a creation by anyone": (
        (
            "by: buyer\n  evidence: {accept: null, confirm: company_statement}",
            "by: anyone # <-\n  evidence: {accept: null, confirm: null}",
        ),
        "creation.by: an application begins by the act of somebody named",
    ),
    "a creation by the service": (
        (
            "by: buyer\n  evidence: {accept: null, confirm: company_statement}",
            "by: system:clock # <-\n  evidence: {accept: null, confirm: null}",
        ),
        "creation.by: an application begins by the act of somebody named",
    ),
    "a body of the service's that there is not": (
        event(LABEL, "by: system:clok # <-", "from: asked", NONE),
        "events.more.by: unknown authority `system:clok`; did you mean `system:clock`?",
    ),
    "an act of the service on evidence": (
        event(
            LABEL,
            "by: system:clock",
            "from: asked",
            "evidence: {accept: null, confirm: official_notice} # <-",
        ),
        "events.more.evidence.confirm: the service's own acts rest on no evidence",
    ),
    "a hold of nobody's": (
        event(
            LABEL,
            "by: anyone",
            "from: asked",
            NONE,
            "payload: hold",
            "guards: [hold_new]",
            "effect: hold # <-",
        ),
        "events.more.effect: the effect `hold` needs a named authority",
    ),
    "anyone beside others": (
        event(LABEL, "by: [anyone, office] # <-", "from: asked", NONE),
        "events.more.by.anyone: `anyone` stands alone",
    ),
    "anyone's act to be confirmed": (
        event(
            LABEL,
            "by: anyone",
            "from: asked",
            "evidence: {accept: null, confirm: press_report} # <-",
        ),
        "events.more.evidence.confirm: an act of `anyone` has nobody to confirm it;"
        " write `confirm: null`",
    ),
    "a buyer's act confirmed by a notice": (
        event(
            LABEL,
            "by: buyer",
            "from: asked",
            "evidence: {accept: null, confirm: official_notice} # <-",
        ),
        "events.more.evidence.confirm: a buyer's evidence counts at most as `company_statement`",
    ),
    "a quorum of those who may not post": (
        ("quorum: [office, bureau]", "quorum: [office, buyer] # <-"),
        "events.agree.quorum.buyer: `buyer` is in the quorum but not in `by`",
    ),
    "a vote of nobody's": (
        (
            "    quorum: [office, bureau]\n",
            "    quorum: [office, bureau]\n    unattributed: true # <-\n",
        ),
        "events.agree.unattributed: a vote in a quorum must name its authority",
    ),
    "a voter in no quorum": (
        ("until: voted}, bureau]", "until: voted}, {who: buyer, until: voted}, bureau] # <-"),
        "states.asked.waiting_on.1: `buyer` is in no quorum, so it never counts as `voted`",
    ),
    "a gate's effect without a gate": (
        (
            "    gate: harbour\n    evidence: {accept: null, confirm: null}\n    effect: open_gate",
            "    evidence: {accept: null, confirm: null}\n    effect: open_gate # <-",
        ),
        "events.clear.effect: the effect `open_gate` needs a `gate`",
    ),
    "a gate without its effect": (
        event(LABEL, "by: [office]", "from: asked", NONE, "gate: harbour # <-"),
        "events.more.gate: no effect of this event concerns a gate",
    ),
    "a guard of another payload": (
        event(LABEL, "by: [office]", "from: asked", NONE, "guards: [shipment_new] # <-"),
        "events.more.guards.shipment_new: the guard `shipment_new` reads the payload `shipment`,"
        " not `empty`",
    ),
    "an effect of another payload": (
        event(LABEL, "by: [office]", "from: asked", NONE, "effect: note # <-"),
        "events.more.effect: the effect `note` reads the payload `note`, not `empty`",
    ),
    "a condition of nobody's": (
        event(
            LABEL,
            "by: anyone",
            "from: asked",
            NONE,
            "payload: condition_proposal",
            "guards: [condition_new]",
            "effect: propose_condition # <-",
        ),
        "events.more.effect: the effect `propose_condition` needs a named authority",
    ),
    "a turn that never comes": (
        event(LABEL, "by: [office]", "from: agreed # <-", NONE, "guards: [its_turn]"),
        "events.more.from: `agreed` never waits for any of those who may post `more`",
    ),
}

WAYS = {
    "no way at all": (
        (
            "  propose:\n    label: {en: Propose, zh: 提出}\n    by: [office]\n    from: agreed\n",
            "  propose: # <-\n    label: {en: Propose, zh: 提出}\n    by: [office]\n",
        ),
        "events.propose: `propose` needs either `from` or `moves`",
    ),
    "to beside moves": (
        ("  ship:\n", "  ship: # <-\n    to: closed\n"),
        "events.ship: `to` and `when` belong to `from`; with `moves` they stand in each move",
    ),
    "an unreachable state": (
        ("deadlines:\n", "  lost: # <-\n    label: {en: Lost, zh: 遗失}\ndeadlines:\n"),
        "states.lost: no way leads from `asked` to `lost`",
    ),
    "a reserved state that is reached": (
        (
            "  closed:\n    label: {en: Closed, zh: 已结}\n",
            "  closed:\n    reserved: true # <-\n    label: {en: Closed, zh: 已结}\n",
        ),
        "states.closed.reserved: `closed` is reserved, but a way leads to it",
    ),
    "a final state with a way out": (
        event(LABEL, "by: [office]", "from: closed # <-", "to: agreed", NONE),
        "events.more.from: `closed` is final, but `more` leads from it to `agreed`",
    ),
    "two ways that could both be taken": (
        event(
            LABEL,
            "by: [office]",
            NONE,
            "moves:",
            "  - {from: asked, to: agreed}",
            "  - {from: [agreed, asked]} # <-",
        ),
        "events.more.moves.1.from.asked: two ways of `more` leave `asked`, and both could be taken",
    ),
    "two ways with predicates": (
        event(
            LABEL,
            "by: [office]",
            NONE,
            "moves:",
            "  - {from: granted, to: agreed, when: balance_nil}",
            "  - {from: granted, to: closed, when: balance_nil} # <-",
        ),
        "events.more.moves.1.from: two ways of `more` leave `granted`, and both could be taken",
    ),
    "a way to itself": (
        event(LABEL, "by: [office]", "from: [asked, agreed]", "to: agreed # <-", NONE),
        "events.more.to: leads from `agreed` to itself; leave out `to` where the state stays",
    ),
    "a predicate that leads nowhere": (
        event(LABEL, "by: [office]", "from: granted", "when: balance_nil # <-", NONE),
        "events.more.when: `when` needs a `to`; without it the state stays anyway",
    ),
    "from anywhere to somewhere": (
        event(LABEL, "by: [office]", "from: any", "to: agreed # <-", NONE),
        "events.more.to: an event from `any` state leads to none; name the states",
    ),
    "a quorum's predicate without a quorum": (
        event(
            LABEL, "by: [office]", "from: asked", "to: agreed", NONE, "when: quorum_reached # <-"
        ),
        "events.more.when: `quorum_reached` needs a `quorum`",
    ),
    "shipping where there may be no licence": (
        event(
            LABEL,
            "by: [bureau]",
            "from: agreed # <-",
            NONE,
            "payload: shipment",
            "guards: [within_balance, shipment_new]",
            "effect: record_shipment",
        ),
        "events.more.from: `record_shipment` needs a licence; `agreed` may have none",
    ),
    "giving up where one way brought no licence": (
        event(LABEL, "by: buyer", "from: closed # <-", NONE, "effect: give_up_balance"),
        "events.more.from: `give_up_balance` needs a licence; `closed` may have none",
    ),
    "an expiry where there may be no licence": (
        event(
            LABEL,
            "by: system:clock",
            "from: agreed # <-",
            NONE,
            "guards: [validity_over]",
            "effect: expire_licence",
        ),
        "events.more.from: `expire_licence` needs a licence; `agreed` may have none",
    ),
    "a licence issued without moving on": (
        (
            "  grant:\n    label: {en: Grant, zh: 发证}\n",
            "  grant: # <-\n    when: balance_nil\n    label: {en: Grant, zh: 发证}\n",
        ),
        "events.grant: `grant` issues a licence, so it must always lead on (`to`)",
    ),
    "a second licence": (
        event(
            LABEL,
            "by: [office]",
            "from: granted # <-",
            "to: closed",
            NONE,
            "payload: licence_issue",
            "guards: [licence_proposed]",
            "effect: issue_licence",
        ),
        "events.more.from: `granted` may have a licence already; a second would hide it",
    ),
    "a way back to where a licence is issued": (
        (
            f"{GRANTED}    from: agreed\n",
            f"  back:\n    {LABEL}\n    by: [office]\n    from: granted\n    to: agreed\n"
            f"    {NONE}\n{GRANTED}    from: agreed # <-\n",
        ),
        "events.grant.from: `agreed` may have a licence already; a second would hide it",
    ),
    "a licence that never ends": (
        (
            "    guards: [gates_open, within_balance, within_validity, shipment_new]",
            "    guards: [gates_open, within_balance, shipment_new] # <-",
        ),
        "events.ship.guards: the licence never ends: use the guard `within_validity`, or an effect "
        "`expire_licence`",
    ),
}

DECISION = (
    "  decision:\n    label: {en: Decision, zh: 决定}\n    states: asked\n    working_days: 20\n"
)
EXTENSION = "    extension: 10\n"


def lapse(*, by: str = "'system:clock'", of: str = "asked", guards: str = "time_has_come") -> str:
    """An event that closes what nobody decided on."""
    lines = ["  lapse:", f"    {LABEL}", f"    by: {by}", f"    from: {of}", "    to: closed"]
    return "\n".join([*lines, f"    guards: [{guards}]", f"    {NONE}", "  remark:"])


LIMITS = {
    "a calendar that nobody keeps": (
        ("calendar: CN", "calendar: XX # <-"),
        "calendar: there is no calendar of `XX`",
    ),
    "a deadline without a measure": (
        (DECISION, DECISION.replace(":", ": # <-", 1).replace("    working_days: 20\n", "")),
        "deadlines.decision: `decision` needs either `working_days` or `after`",
    ),
    "a deadline with two measures": (
        (DECISION, f"{DECISION.replace(':', ': # <-', 1)}    after: valid_until\n"),
        "deadlines.decision: `decision` needs either `working_days` or `after`",
    ),
    "an authority that is late after a date": (
        ("    working_days: 20\n", "    after: valid_until # <-\n"),
        "deadlines.decision.after: `after` needs an `event`; an authority's deadline has working "
        "days",
    ),
    "a deadline of the clock that is extended": (
        (EXTENSION, f"{EXTENSION[:-1]} # <-\n    event: remark\n"),
        "deadlines.decision.extension: a deadline with an `event` is not extended",
    ),
    "an unknown event of a deadline": (
        (EXTENSION, "    event: remrk # <-\n"),
        "deadlines.decision.event: unknown event `remrk`; did you mean `remark`?",
    ),
    "an event of a deadline that is somebody's act": (
        (EXTENSION, "    event: close # <-\n"),
        "deadlines.decision.event: `close` is not an act of `system:clock` alone",
    ),
    "an event of a deadline that looks at no time": (
        (EXTENSION, "    event: close # <-\n"),
        "deadlines.decision.event: `close` needs the guard `time_has_come`",
    ),
    "an event of a deadline in another state": (
        (EXTENSION, "    event: ship # <-\n"),
        "deadlines.decision.event: `ship` is not possible in `asked`",
    ),
}

CASES = {**SHAPE, **NAMES, **ACTS, **WAYS, **LIMITS}


@pytest.mark.parametrize(("change", "message"), CASES.values(), ids=CASES)
def test_a_broken_rule_is_told_with_its_line(change: tuple[str, str], message: str) -> None:
    text = changed(*change)
    [line] = [number for number, row in enumerate(text.splitlines(), 1) if "# <-" in row]
    assert (line, message) in problems(text)


@pytest.mark.parametrize("after", [False, True], ids=["working days", "a date of the licence"])
def test_the_clock_may_end_what_nobody_decided_on(after: bool) -> None:
    measure, guard = (
        ("after: valid_until", "validity_over")
        if after
        else (
            "working_days: 20",
            "time_has_come",
        )
    )
    text = changed("  remark:", lapse(guards=guard))
    text = text.replace(EXTENSION, "    event: lapse\n").replace("working_days: 20", measure)
    (limit,) = parse(text.encode(), "permit.yaml").deadlines.values()
    assert (limit.event, limit.working_days) == ("lapse", None if after else 20)
    assert limit.after == ("valid_until" if after else None)


@pytest.mark.parametrize("effect", NEEDED_GUARDS)
def test_an_effect_demands_the_guards_without_which_it_could_fail(effect: str) -> None:
    payload = EFFECTS[effect].payloads[0]
    of, more = event(
        LABEL, "by: [office]", "from: asked", NONE, f"payload: {payload}", f"effect: {effect}"
    )
    told = {message for _, message in problems(changed(of, more))}
    for guard in NEEDED_GUARDS[effect]:
        assert f"events.more.effect: the effect `{effect}` needs the guard `{guard}`" in told


def test_the_checks_name_effects_that_exist() -> None:
    assert {*NEEDED_GUARDS, *OWNED, *NEEDS_LICENCE, *ISSUING, *BOUNDED} <= EFFECTS.keys()


def test_a_reserved_state_need_not_be_reached() -> None:
    state = "  lost:\n    reserved: true\n    label: {en: Lost, zh: 遗失}\ndeadlines:\n"
    procedure = parse(changed("deadlines:\n", state).encode(), "permit.yaml")
    assert procedure.states.keys() - procedure.live_states.keys() == {"lost"}


def test_the_permit_is_without_problems() -> None:
    procedure = load(PERMIT)
    assert (procedure.name, procedure.version) == ("permit", 1)
    assert procedure.events["ship"].moves == (
        Move(("granted",), "closed", "balance_nil"),
        Move(("granted",), None, None),
    )


def test_all_problems_are_told_at_once_in_the_order_of_lines() -> None:
    text = TEXT.replace("guards: [its_turn]", "guards: [his_turn]").replace(
        "version: 1", "version: x"
    )
    text = text.replace("if_match: true", "if_match: true\n    if_match: true")
    with pytest.raises(ProcedureError) as caught:
        parse(text.encode(), "permit.yaml")
    printed = str(caught.value).splitlines()
    assert [row.split(":")[1] for row in printed] == [
        str(problem.line) for problem in caught.value.problems
    ]
    assert printed[0] == "permit.yaml:3: version: must be a valid integer"
    assert len(printed) == 3


def test_the_problems_of_every_file_of_a_folder_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "c.yaml").write_text("[]", encoding="utf-8")
    with pytest.raises(ProcedureError) as caught:
        load_all(tmp_path)
    assert [str(problem) for problem in caught.value.problems] == [
        f"{tmp_path}/b.yaml:1: another file is `permit` version 1 already: a.yaml",
        f"{tmp_path}/c.yaml:1: a procedure file is a mapping that begins with `procedure: <name>`",
    ]


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere.yaml"
    with pytest.raises(ProcedureError) as caught:
        load(missing)
    assert str(caught.value) == f"{missing}:1: cannot be read: No such file or directory"


def test_a_key_written_twice_is_enough_to_refuse_a_file() -> None:
    assert problems(TEXT.replace("version: 1", "version: 1\nversion: 1")) == [
        (4, "`version` stands here twice; first on line 3")
    ]
