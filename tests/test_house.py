"""The house: what stands where, and the habits that a linter cannot hold."""

import ast
import importlib
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent
PACKAGES = ("dayops_pipeline", "assets", "resources", "expectations", "warehouse")
TOP_LEVEL = {
    *PACKAGES,
    "pyproject.toml",
    "requirements.lock",
    "tests",
    "workspace.yaml",
    "README.md",
    "Makefile",
    "docs",
    "bench",
    "deploy",
    "LICENSE",
    "CHANGELOG.md",
}
MODULES = sorted(path for package in (*PACKAGES, "bench") for path in (HOUSE / package).rglob("*.py"))
# A migration is a list of what was done, as long as that was.
WRITTEN_BY_HAND = [path for path in MODULES if path.parent.name != "versions"]
DECLARES_AT_RUN_TIME = [path for path in MODULES if path.relative_to(HOUSE).parts[0] in PACKAGES[:3]]
LONGEST = 40

Function = ast.FunctionDef | ast.AsyncFunctionDef


def named(path: Path) -> str:
    return str(path.relative_to(HOUSE))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[Function]:
    yield from (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def length(function: Function) -> int:
    """Counts the lines from `def` to the end, the docstring left out."""
    first = function.body[0]
    told = ast.get_docstring(function) is not None
    docstring = (first.end_lineno or 0) - first.lineno + 1 if told else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def pinned() -> dict[str, str]:
    """Gives, for each line of the lock that names a library, what follows it."""
    text = (HOUSE / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", "")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {line.split("==")[0]: line for line in lines}


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_is_the_one_in_this_repository(package: str) -> None:
    assert importlib.import_module(package).__file__ == str(HOUSE / package / "__init__.py")


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_says_that_it_is_typed(package: str) -> None:
    assert (HOUSE / package / "py.typed").exists()


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_each_module_says_at_its_door_what_it_is(path: Path) -> None:
    assert ast.get_docstring(tree(path))


@pytest.mark.parametrize("path", WRITTEN_BY_HAND, ids=named)
def test_no_function_is_longer_than_a_screen(path: Path) -> None:
    assert {function.name: length(function) for function in functions(path) if length(function) > LONGEST} == {}


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_no_module_is_a_drawer_for_odds_and_ends(path: Path) -> None:
    assert path.stem not in {"utils", "helpers", "common", "misc"}


@pytest.mark.parametrize("path", DECLARES_AT_RUN_TIME, ids=named)
def test_types_are_not_postponed_where_dagster_reads_them(path: Path) -> None:
    imported = [node.module for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom)]

    assert "__future__" not in imported


def test_the_top_level_holds_the_house_and_nothing_else() -> None:
    command = ["git", "-C", str(HOUSE), "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    names = {name.split("/")[0] for name in listed if (HOUSE / name).exists()}

    assert {name for name in names if not name.startswith(".")} <= TOP_LEVEL


def test_the_lock_pins_every_library_by_hash() -> None:
    assert len(pinned()) > 100
    assert [name for name, line in pinned().items() if "--hash=sha256:" not in line] == []


def test_the_lock_names_no_address_and_no_folder() -> None:
    text = (HOUSE / "requirements.lock").read_text(encoding="utf-8")

    assert [word for word in ("://", "file:", "--index", "--extra-index", "--find-links", " /") if word in text] == []


def test_the_lock_holds_every_library_that_is_asked_for() -> None:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {line.split(";")[0].split("[")[0].split("=")[0].split(">")[0].split("<")[0].strip() for line in asked}

    assert names - pinned().keys() == set()
