"""The arrows of the architecture: who may import whom, read from the source with `ast`."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
OURS = ("documents", "pdf", "jobs", "portal", "admin_views", "wsgi", "tests")

# Which of our packages a layer may import; the deepest matching layer of a file counts.
LAYERS: dict[str, tuple[str, ...]] = {
    "documents.rules": ("documents.rules",),
    "documents": ("documents",),
    "pdf": ("pdf", "documents.rules"),
    "jobs": ("jobs", "documents", "pdf"),
    "admin_views": ("admin_views", "documents", "jobs"),
    "portal": ("portal", "admin_views", "jobs", "pdf", "documents"),
    "wsgi": ("portal",),
}

# What a layer must not know, whoever wrote it.
STRANGERS: dict[str, tuple[str, ...]] = {
    "documents": (
        "flask",
        "flask_admin",
        "flask_login",
        "flask_babel",
        "flask_wtf",
        "wtforms",
        "rq",
        "redis",
    ),
    "pdf": ("flask", "wtforms", "rq", "redis", "mongoengine", "pymongo"),
    "jobs": ("flask", "flask_login", "flask_babel", "wtforms"),
}

# Files that may import inside a function or by a name known only at run time, and why.
LATE_IMPORTS = {
    "portal/application.py": "sign-on through a provider, half a second to load, is set in few houses",
    "portal/commands/__init__.py": "a command loads when it is called: `doctor` runs half installed",
    "pdf/signatories.py": "a plug-in that reaches a key is named by the settings",
    "jobs/preload.py": "a list of modules that forked workers share, which nothing here uses by name",
}


def sources() -> list[Path]:
    """Every Python file of the product."""
    folders = [PROJECT / name for name in OURS if name not in ("tests", "wsgi")]
    files = [path for folder in folders for path in sorted(folder.rglob("*.py"))]
    return [*files, *PROJECT.glob("wsgi.py")]


def module_of(path: Path) -> str:
    """The dotted name of a file."""
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree(path: Path) -> ast.Module:
    """The parsed source of a file."""
    return ast.parse(path.read_text())


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, also the imports for type checking only."""
    package = module_of(path) if path.name == "__init__.py" else module_of(path).rpartition(".")[0]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from imported_from(node, package)


def imported_from(node: ast.ImportFrom, package: str) -> Iterator[str]:
    """`from a import b` may mean the module a.b: both names count as far as they are ours."""
    above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
    base = ".".join([*above, *([node.module] if node.module else [])])
    yield from (f"{base}.{alias.name}" for alias in node.names)


def within(module: str, layers: tuple[str, ...] | list[str]) -> str:
    """The deepest of the layers that a module lies in, or an empty word."""
    found = [layer for layer in layers if module == layer or module.startswith(f"{layer}.")]
    return max(found, key=len, default="")


def is_late(node: ast.AST) -> bool:
    """Whether a function imports something in its body."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    return any(isinstance(inner, ast.Import | ast.ImportFrom) for inner in ast.walk(node))


def is_by_name(node: ast.AST) -> bool:
    """Whether something is imported by a name made at run time."""
    called = node.func if isinstance(node, ast.Call) else None
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in ("import_module", "__import__")


def wrong_arrows(path: Path) -> list[str]:
    """What a file imports of ours that its layer may not."""
    layer = within(module_of(path), list(LAYERS))
    ours = [name for name in imports(path) if name.split(".")[0] in OURS]
    return [f"{module_of(path)} -> {name}" for name in ours if not within(name, LAYERS.get(layer, ()))]


def strangers(path: Path) -> list[str]:
    """What a file imports of others that its layer must not know."""
    layer = within(module_of(path), list(LAYERS))
    roots = {name.split(".")[0] for name in imports(path)}
    if layer == "documents.rules":
        met = roots - sys.stdlib_module_names - set(OURS)
    else:
        met = roots & set(STRANGERS.get(layer, ()))
    return [f"{module_of(path)} -> {name}" for name in sorted(met)]


def late_imports(path: Path) -> list[str]:
    """Where a file imports something below its top without leave."""
    if str(path.relative_to(PROJECT)) in LATE_IMPORTS:
        return []
    found = [node for node in ast.walk(tree(path)) if is_late(node) or is_by_name(node)]
    return [f"{path.relative_to(PROJECT)}:{getattr(node, 'lineno', 0)}" for node in found]


def test_arrows_point_inward() -> None:
    assert [wrong for path in sources() for wrong in wrong_arrows(path)] == []


def test_the_core_is_standard_library_and_no_layer_knows_its_strangers() -> None:
    assert [stranger for path in sources() for stranger in strangers(path)] == []


def test_imports_stand_at_the_top() -> None:
    assert [late for path in sources() for late in late_imports(path)] == []


def test_the_late_imports_are_still_needed() -> None:
    assert [name for name in LATE_IMPORTS if not (PROJECT / name).exists()] == []


def test_the_reader_sees_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.PROJECT", tmp_path)
    core, actions = tmp_path / "documents/rules/wrong.py", tmp_path / "documents/actions/wrong.py"
    for path in (core, actions):
        path.parent.mkdir(parents=True)
    core.write_text("import mongoengine\nfrom ..unit import Unit\nfrom documents import complaint\n")
    actions.write_text("import flask\nfrom portal import views\ndef late():\n    import json\n")
    assert len(sources()) == 2
    assert strangers(core) == ["documents.rules.wrong -> mongoengine"]
    assert wrong_arrows(core) == [
        "documents.rules.wrong -> documents.unit.Unit",
        "documents.rules.wrong -> documents.complaint",
    ]
    assert strangers(actions) == ["documents.actions.wrong -> flask"]
    assert wrong_arrows(actions) == ["documents.actions.wrong -> portal.views"]
    assert late_imports(actions) == ["documents/actions/wrong.py:3"]
