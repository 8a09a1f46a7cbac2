"""What roles and scopes are called, for the sentences that name them."""

from collections.abc import Mapping

from workflow.domain.principal import Role, Scope
from workflow.domain.procedure import Label

RIGHTS: Mapping[str, Label] = {
    Role.BUYER.value: Label("buyer", "买方"),
    Role.OFFICER.value: Label("officer", "官员"),
    Role.RECORDER.value: Label("recorder", "记录员"),
    Role.AUDITOR.value: Label("auditor", "审计员"),
    Role.OPERATOR.value: Label("operator", "运维人员"),
    Role.SYSTEM.value: Label("system", "系统"),
    Scope.READ.value: Label("read", "查看"),
    Scope.POST.value: Label("post", "提交"),
    Scope.MANAGE.value: Label("manage", "管理"),
}
"""By their codes. In English they are called by these."""

NAMING = frozenset({"role", "alone", "scope"})
"""The parameters of refusals that name roles or scopes: one, or several with ", " between."""

COMMA = "、"


def filled(name: str, value: object, language: int) -> object:
    """What a parameter of a refusal says in a language, by its place in a Label."""
    if isinstance(value, Label):
        return value[language]
    if name in NAMING and isinstance(value, str) and language:
        return COMMA.join(RIGHTS[code].zh if code in RIGHTS else code for code in value.split(", "))
    return value
