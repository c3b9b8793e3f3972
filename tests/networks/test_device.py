"""Where a network runs and in what numbers."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from rowspace.errors import SettingError  # noqa: E402
from rowspace.networks import device  # noqa: E402
from rowspace.networks.settings import Run  # noqa: E402

CPU = torch.device("cpu")


@pytest.mark.parametrize(("there", "wanted"), [(True, "bfloat16"), (False, "float32")])
def test_the_processor_settles_the_precision(monkeypatch, there, wanted):
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: there, raising=False)
    assert device.with_precision(Run(device="cpu")).precision == wanted
    assert device.with_precision(Run(device="cpu", precision="float32")).precision == "float32"


def test_a_pytorch_that_cannot_tell_means_float32(monkeypatch):
    monkeypatch.delattr(torch.cpu, "_is_avx512_bf16_supported", raising=False)
    assert device.with_precision(Run(device="cpu")).precision == "float32"


def test_what_is_not_settled_is_float32_on_a_processor():
    assert device.precision_of("auto", CPU) == torch.float32
    assert device.precision_of("bfloat16", CPU) == torch.bfloat16


def test_a_gpu_that_is_not_there_is_told(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SettingError, match="finds no GPU"):
        device.device_of("cuda")
