"""How a command fails, in both languages."""

import errno
from typing import Any

from api.cli.sentences import FAILURES, LINES
from api.reasons import in_both
from api.stop import Stop
from workflow.domain.procedure import Label

CAUSES = {
    errno.ENOENT: "没有这个文件或目录",
    errno.EISDIR: "这是一个目录",
    errno.ENOTDIR: "路径中有一项不是目录",
    errno.EACCES: "没有权限",
    errno.ENOSPC: "磁盘已满",
    errno.EROFS: "文件系统只读",
}


class Failure(Stop):
    """The command ends here, told in both languages; `more` is for programs alone."""

    def __init__(self, name: str, exit_code: int, /, **values: object) -> None:
        self.label = filled(FAILURES[name], values)
        self.more: dict[str, Any] = {}
        super().__init__(self.label.en, exit_code)


class Wrong(ValueError):
    """What is wrong with a part of the input, in both languages."""

    def __init__(self, name: str, /, **values: object) -> None:
        self.label = filled(LINES[name], values)
        super().__init__(self.label.en)


def filled(text: Label, values: dict[str, object]) -> Label:
    """A sentence with its values; a value that is a label is used in its language."""
    en = {name: one.en if isinstance(one, Label) else one for name, one in values.items()}
    zh = {name: one.zh if isinstance(one, Label) else one for name, one in values.items()}
    return Label(text.en.format(**en), text.zh.format(**zh))


def why(error: Exception) -> Label:
    """The reason that an exception gives."""
    if isinstance(error, Wrong):
        return error.label
    if isinstance(error, OSError):
        told = error.strerror or str(error)
        return Label(told, CAUSES.get(error.errno or 0, told))
    return in_both(str(error))


def problem(name: str, **values: object) -> dict[str, str]:
    """A failure's sentences as a problem document has them."""
    label = filled(FAILURES[name], values)
    return {"detail": label.en, "detail_zh": label.zh}
