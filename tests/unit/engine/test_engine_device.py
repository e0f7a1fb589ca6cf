"""Where the arithmetic is done, and what is said where no GPU is."""

from __future__ import annotations

import subprocess
import sys

import jax
import pytest

from euthymia.engine import device
from euthymia.engine.device import Device, use
from euthymia.errors import WorkError


def without_gpu(kind: str | None = None) -> list:
    if kind == "gpu":
        raise RuntimeError("Unknown backend: 'gpu' requested")
    return jax.local_devices(backend="cpu")


def test_without_a_gpu_it_is_said_what_was_looked_for_and_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jax, "devices", without_gpu)
    monkeypatch.setattr(device.sys, "platform", "linux")
    with pytest.raises(WorkError, match=r"NVIDIA GPU \(CUDA\) and finds cpu only.*pip install 'euthymia\[gpu\]'"):
        use(Device.GPU)


def test_elsewhere_than_under_linux_nothing_is_to_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jax, "devices", without_gpu)
    monkeypatch.setattr(device.sys, "platform", "darwin")
    with pytest.raises(WorkError, match="under Linux only, and this is darwin"):
        use(Device.GPU)


def test_the_processor_needs_no_numerics_to_be_chosen() -> None:
    code = "import sys; from euthymia.engine.device import Device, use; use(Device.CPU); print('jax' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"
