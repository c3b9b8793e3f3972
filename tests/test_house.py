"""The rules of the house, each with a proof that its checker can fail."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "rowspace"
MODULES = sorted(SOURCE.rglob("*.py"))
LONGEST_FILE = 300
LONGEST_FUNCTION, LONGEST_KERNEL = 40, 120
DRAWERS = {"utils", "util", "helpers", "common", "base", "core", "misc"}

FORBIDDEN_MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}
NETWORK_MODULES = {"socket", "urllib.request", "http.client", "requests", "httpx", "ftplib"}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "extractall", "loads_pickle"}
UNSAFE_LOADERS = {("yaml", "load"), ("torch", "load"), ("pickle", "load"), ("pickle", "loads")}
MAY_IMPORT = {
    "training/lock.py": {"socket"},  # gethostname: whose lock it is
    "serve/connection.py": {"socket"},  # the names of an option: it opens none
    "kernels/jit.py": {"pickle"},  # numba's own, for the name of the error it raises
}
MAY_CATCH = {
    "cli/run.py": 1,  # the outermost line
    "corpus/pretrained.py": 1,  # the tokenizers library raises Exception itself
}


def names_of(tree: ast.AST) -> Iterator[str]:
    """Every module and imported name, dotted."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (alias.name for alias in node.names if alias.name in FORBIDDEN_MODULES)


def dangers(code: str, allowed: frozenset[str] = frozenset()) -> list[str]:
    """What in this code could run somebody else's code, or reach the network."""
    tree = ast.parse(code)
    banned = (FORBIDDEN_MODULES | NETWORK_MODULES) - allowed
    found = [name for name in names_of(tree) if name in banned or name.split(".")[0] in banned]
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        name = getattr(called, "attr", getattr(called, "id", ""))
        owner = getattr(getattr(called, "value", None), "id", "")
        bare = isinstance(called, ast.Name) or name == "extractall"
        if (bare and name in FORBIDDEN_CALLS) or (owner, name) in UNSAFE_LOADERS:
            found.append(name)
        for keyword in node.keywords:
            value = getattr(keyword.value, "value", None)
            if keyword.arg in ("allow_pickle", "shell") and value is not False:
                found.append(keyword.arg)
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_nothing_dangerous(path):
    allowed = frozenset(MAY_IMPORT.get(path.relative_to(SOURCE).as_posix(), ()))
    assert dangers(path.read_text("utf-8"), allowed) == []


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "from pickle import loads",
        "from numba.core.caching import pickle",
        "import urllib.request",
        "from urllib.request import urlopen",
        "import socket",
        "eval('1')",
        "exec('1')",
        "compile('1', 'f', 'exec')",
        "yaml.load(x)",
        "torch.load(x)",
        "np.load(x, allow_pickle=True)",
        "np.load(x, allow_pickle=flag)",
        "subprocess.run(x, shell=True)",
        "tarfile.open(x).extractall()",
        "archive.extractall('.')",
    ],
)
def test_danger_is_seen(code):
    assert dangers(code)


@pytest.mark.parametrize(
    "code", ["re.compile('x')", "np.load(x, allow_pickle=False)", "json.loads(x)"]
)
def test_harmless_is_let_pass(code):
    assert not dangers(code)


def lengths(code: str) -> Iterator[tuple[str, int]]:
    """Every function and its lines of code: without decorators, docstring, comments, blanks."""
    lines = code.splitlines()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            documented = ast.get_docstring(node) is not None
            first = node.body[1].lineno if documented and len(node.body) > 1 else node.lineno
            body = lines[first - 1 : node.end_lineno]
            yield node.name, sum(bool(re.match(r"\s*[^\s#]", line)) for line in body)


def too_large(path: Path, code: str) -> list[str]:
    """The file or its functions, where they are longer than agreed."""
    found = []
    if len(code.splitlines()) >= LONGEST_FILE:
        found.append(f"{path.name}: {len(code.splitlines())} lines")
    limit = LONGEST_KERNEL if "kernels" in path.parts else LONGEST_FUNCTION
    return found + [f"{name}: {count} lines" for name, count in lengths(code) if count > limit]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_one_idea_a_file(path):
    assert too_large(path, path.read_text("utf-8")) == []
    assert path.stem not in DRAWERS and path.parent.name not in DRAWERS


def test_what_is_too_large_is_seen():
    assert too_large(Path("x.py"), "a = 1\n" * 300)
    long = "def f():\n" + "    a = 1\n" * 45
    assert too_large(Path("x.py"), long)
    assert not too_large(Path("kernels/x.py"), long)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_every_module_says_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


def blind(code: str) -> int:
    """How many handlers catch everything."""
    caught = [n.type for n in ast.walk(ast.parse(code)) if isinstance(n, ast.ExceptHandler)]
    return sum(kind is None or getattr(kind, "id", "") == "Exception" for kind in caught)


def test_only_the_outermost_line_catches_everything():
    found = {p.relative_to(SOURCE).as_posix(): blind(p.read_text("utf-8")) for p in MODULES}
    assert {name: count for name, count in found.items() if count} == MAY_CATCH


def test_blind_handlers_are_seen():
    assert blind("try:\n    f()\nexcept:\n    pass") == 1
    assert blind("try:\n    f()\nexcept Exception as error:\n    pass") == 1


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """The import contracts, on the tree in `folder`."""
    code = (
        "import sys; sys.path.insert(0, 'src'); "
        "from importlinter.cli import lint_imports_command; lint_imports_command()"
    )
    return subprocess.run(
        [sys.executable, "-c", code, "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
    )


BREAKS = {
    "Imports point down only": ("corpus/reading.py", "import rowspace.cli"),
    "Reading never imports training": ("vectors/model.py", "import rowspace.objectives"),
    "Only kernels imports a compiler": ("vectors/model.py", "import numba"),
    "Only nn, keras, sklearn and networks import frameworks": ("files/card.py", "import sklearn"),
    "No cycles": ("random.py", "import rowspace.errors"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(SOURCE, folder / "src" / "rowspace")
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_imports_keep_their_contracts(copy):
    done = lint_imports(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("contract", BREAKS)
def test_a_broken_contract_is_seen(copy, contract):
    name, line = BREAKS[contract]
    path = copy / "src" / "rowspace" / name
    before = path.read_text("utf-8")
    body = f"\n\ndef _broken():\n    {line}\n"
    other = copy / "src" / "rowspace" / "errors.py"
    kept = other.read_text("utf-8")
    try:
        path.write_text(before + body, "utf-8")
        if contract == "No cycles":
            other.write_text(kept + "\n\ndef _broken():\n    import rowspace.random\n", "utf-8")
        done = lint_imports(copy)
    finally:
        path.write_text(before, "utf-8")
        other.write_text(kept, "utf-8")
    assert done.returncode == 1
    assert re.search(rf"{contract}.*BROKEN", done.stdout), done.stdout


EXPORTED = """
Adagrad Adam AdamW CBOW DivergedError EpochEnd Exact FormatError GloVe Hashed Head InputError
Interrupted Labels MissingExtraError Model Phrases Quotient Ragged ResourceError RowWiseAdagrad
RowspaceError SGD Score SettingError SkipGram Subwords Table TextVectors Vectors Vocabulary
VocabularyError Recommender Report align analogies autotune compress convert get_threads load merge
pad_sequences padding_mask prefix report save sequence_lengths sequence_mask set_threads similarity
train train_classifier train_generator train_recommender train_table train_tagger train_translator
tune_dimension tune_unseen probe
"""


def test_exported_names_are_these():
    import rowspace

    assert rowspace.__all__ == sorted(EXPORTED.split())
    for name in rowspace.__all__:
        assert getattr(rowspace, name).__module__.startswith("rowspace.")
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = rowspace.nothing


def test_importing_rowspace_imports_nothing_heavy():
    code = "import rowspace, sys; dir(rowspace); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"numpy", "numba", "safetensors", "click"} & set(done.stdout.split())


def test_reading_a_model_imports_no_compiler(tmp_path):
    code = (
        "import sys, rowspace as rs; E = rs.Vectors.random(['a', 'b', 'c'], 4); "
        "rs.save(rs.Model(E), sys.argv[1]); rs.load(sys.argv[1]).vectors.nearest('a'); "
        "print(*sys.modules)"
    )
    words = [sys.executable, "-c", code, str(tmp_path / "m")]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    seen = set(done.stdout.split())
    assert "numpy" in seen
    assert not {"numba", "llvmlite", "rowspace.training", "rowspace.objectives"} & seen


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md", "SECURITY.md", "CHANGELOG.md"])
def test_pages_are_there(name):
    assert len((ROOT / name).read_text("utf-8")) > 400


def test_contributing_is_short():
    assert len((ROOT / "CONTRIBUTING.md").read_text("utf-8").splitlines()) < 60


def test_links_in_the_pages_lead_somewhere():
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_exit_codes_are_documented():
    from rowspace import errors
    from rowspace.cli import failures

    page = (ROOT / "docs" / "command-line.md").read_text("utf-8")
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)}
    used = {c.exit_code for c in vars(errors).values() if hasattr(c, "exit_code")}
    used |= {v for k, v in vars(failures).items() if k.isupper() and isinstance(v, int)}
    assert codes == used | {0}


def test_commands_are_documented():
    from rowspace.cli import app

    page = (ROOT / "docs" / "command-line.md").read_text("utf-8")
    for name in [*app.app.entries, *(f"train {name}" for name in app.train.entries)]:
        assert name == "train" or f"`rowspace {name}" in page
    shown = set(re.findall(r"`rowspace ([a-z]+)", page)) - {"train"}
    assert shown <= set(app.app.entries)


def test_other_tools_choices_are_documented():
    from rowspace.objectives import LIKE

    page = (ROOT / "docs" / "like.md").read_text("utf-8")
    rows = [[cell.strip(" `") for cell in line.split("|")[1:-1]] for line in page.splitlines()]
    table = {row[0]: row[1:] for row in rows if len(row) == 3 and row[0] != "setting"}
    for place, name in enumerate(("word2vec", "fasttext")):
        for setting, value in LIKE[name].items():
            if setting != "unseen":
                shown = str(value).lower() if isinstance(value, bool) else str(value)
                assert table[setting][place] == shown, (name, setting)
    buckets, low, high = (
        getattr(LIKE["fasttext"]["unseen"], n) for n in ("buckets", "minn", "maxn")
    )
    assert table["unseen"] == ["error", f"subwords ({low} to {high}, {buckets} buckets)"]


def test_architecture_draws_every_folder():
    page = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    for folder in SOURCE.iterdir():
        if folder.is_dir() and any(folder.glob("*.py")):
            assert f"── {folder.name}/" in page
