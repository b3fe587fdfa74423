"""Imports run one way, light modules stay light, and no module grows past reading."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
LAYERS = {"ingest": 0, "index_store": 1, "qa": 2, "eval": 3, "faces": 3, "app": 4, "cli": 5}
"""A module imports from its own package and from lower layers; eval knows nothing of faces, nor faces
of eval."""
MODEL_ONLY = {"ingest.model", "ingest.errors"}
HEAVY = (
    "gradio",
    "chromadb",
    "llama_index",
    "torch",
    "sentence_transformers",
    "pandas",
    "scipy",
    "pdfplumber",
    "cv2",
    "onnx",
    "onnxruntime",
)
LONGEST_MODULE = 420


def modules() -> Iterator[tuple[str, Path]]:
    for package in LAYERS:
        root = PROJECT / package
        for path in sorted(root.rglob("*.py")) if root.is_dir() else [PROJECT / f"{package}.py"]:
            name = ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")
            yield name, path


def imported(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The project's modules that the import statements among the nodes name."""
    for node in nodes:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import hides where it goes"
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [n if n in MODULES else node.module or "" for n in inner]
        else:
            continue
        yield from (n for n in names if n.split(".")[0] in LAYERS)


def parse(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text("utf-8"))


MODULES = dict(modules())


@pytest.mark.parametrize("name", MODULES)
def test_imports_run_one_way(name: str) -> None:
    own = name.split(".")[0]
    for other in imported(ast.walk(parse(name))):
        package = other.split(".")[0]
        assert package == own or LAYERS[package] < LAYERS[own], f"{name} imports {other}"


def test_the_data_model_imports_nothing_of_the_project() -> None:
    for name in MODEL_ONLY:
        assert list(imported(ast.walk(parse(name)))) == []


def test_no_circles() -> None:
    """Over whole modules, imports inside functions apart."""
    graph = {name: set(imported(parse(name).body)) for name in MODULES}
    while free := [name for name, needs in graph.items() if not needs & graph.keys()]:
        for name in free:
            del graph[name]
    assert graph == {}


@pytest.mark.parametrize("name", ["qa.engine", "cli", "ingest.model", "eval.score"])
def test_a_light_module_loads_nothing_heavy(name: str) -> None:
    code = f"import sys, {name}; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", MODULES)
def test_a_module_can_be_read_in_one_sitting(name: str) -> None:
    assert len(MODULES[name].read_text("utf-8").splitlines()) <= LONGEST_MODULE
