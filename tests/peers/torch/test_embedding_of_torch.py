"""PyTorch's own tests of its embedding layers, run on ours.

The file is PyTorch's `test/nn/test_embedding.py`; it is not part of this project. The folder that
holds `torch/test_embedding.py` is named by ROWSPACE_PEER_TESTS (docs/peer-tests.md). Inside the
file `nn.Embedding` and `nn.EmbeddingBag` become ours, and so do the functions `F.embedding` and
`F.embedding_bag`, by way of a layer that is handed the weight.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import unittest
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType

import pytest

torch = pytest.importorskip("torch", reason="needs torch (the `torch` extra)")
FOLDER = os.environ.get("ROWSPACE_PEER_TESTS")
FILE = Path(FOLDER or ".", "torch", "test_embedding.py")
if not FOLDER or not FILE.is_file():
    pytest.skip(f"needs {FILE} (ROWSPACE_PEER_TESTS)", allow_module_level=True)
pytest.importorskip("expecttest", reason="PyTorch's tests need the package expecttest")

from rowspace import nn  # noqa: E402 - what needs torch comes after the skip

# What is not run, and why. Every line stands in docs/peer-tests.md too.
CUDA = "needs a CUDA device"
FUNCTION = "is about the arguments of torch's functions, which we have none of"
LEFT_OUT = {
    "test_embedding_max_norm_unsorted_repeating_indices": CUDA,
    "test_large_tensors": CUDA,
    "test_embedding_max_norm_device_*": CUDA,
    "test_embedding_scalar_weight_error_*": FUNCTION,
    "test_embedding_bag_dimension_errors_*": FUNCTION,
    "test_embedding_bag_padding_idx_error": FUNCTION,
    "test_embeddingbag_include_last_offset": "wants ids after the last offset in the last bag",
    "test_embedding_bag_out_of_bounds_idx_*": "wants torch's words; ours name position and size",
    "test_EmbeddingBag_per_sample_weights_failures_*": "wants no weighted mean; ours has one",
}


def standing_in(module, **names):
    """A module like `module`, but for `names`."""
    other = ModuleType(module.__name__)
    vars(other).update(vars(module), __getattr__=lambda name: getattr(module, name), **names)
    return other


def through(layer, weight, *args):
    """What `layer` answers with `weight` in the place of its own."""
    return torch.func.functional_call(layer, {"weight": weight}, args)


def embedding(input, weight, padding_idx=None, **options):
    layer = nn.Embedding(*weight.shape, padding_idx, _weight=weight.detach(), **options)
    return through(layer, weight, input)


def embedding_bag(input, weight, offsets=None, per_sample_weights=None, mode="mean", **options):
    layer = nn.EmbeddingBag(*weight.shape, mode=mode, _weight=weight.detach(), **options)
    return through(layer, weight, input, offsets, per_sample_weights)


def read(path):
    """PyTorch's module of tests, with our layers in it."""
    spec = importlib.util.spec_from_file_location("peer_test_embedding", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    functional = standing_in(torch.nn.functional, embedding=embedding, embedding_bag=embedding_bag)
    module.F = functional
    module.nn = standing_in(
        torch.nn, Embedding=nn.Embedding, EmbeddingBag=nn.EmbeddingBag, functional=functional
    )
    module.torch = standing_in(torch, nn=module.nn)
    return module


PEER = read(FILE)
CASES = {
    name: case
    for case in vars(PEER).values()
    if isinstance(case, type) and issubclass(case, unittest.TestCase)
    if case.__module__ == PEER.__name__ and case.__name__.startswith("TestEmbedding")
    for name in unittest.TestLoader().getTestCaseNames(case)
}


def left_out(name):
    return next((why for pattern, why in LEFT_OUT.items() if fnmatchcase(name, pattern)), None)


@pytest.mark.parametrize("name", CASES)
def test_of_torch(name, monkeypatch):
    if reason := left_out(name):
        pytest.skip(reason)
    made = []
    for layer in (nn.Embedding, nn.EmbeddingBag):
        before = layer.__init__
        monkeypatch.setattr(
            layer,
            "__init__",
            lambda self, *a, before=before, **k: (made.append(self), before(self, *a, **k))[1],
        )
    result = unittest.TestResult()
    unittest.TestSuite([CASES[name](name)]).run(result)
    assert not result.skipped, result.skipped
    assert result.testsRun == 1
    assert result.wasSuccessful(), "\n".join(text for _, text in result.failures + result.errors)
    assert made, "this test makes no layer of ours: it belongs to LEFT_OUT"


@pytest.mark.parametrize("pattern", LEFT_OUT)
def test_what_is_left_out_is_there(pattern):
    assert any(fnmatchcase(name, pattern) for name in CASES)


def test_the_page_says_what_is_left_out():
    page = Path(__file__).parents[3].joinpath("docs", "peer-tests.md").read_text("utf-8")
    for pattern, reason in LEFT_OUT.items():
        assert f"| `{pattern}` | {reason}" in page
