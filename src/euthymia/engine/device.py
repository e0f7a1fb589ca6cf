"""Where the arithmetic is done, and with how many digits: the processor, or one GPU where JAX finds one."""

from __future__ import annotations

import sys
from enum import StrEnum

from euthymia.engine import runtime
from euthymia.errors import UnknownNameError, WorkError


class Device(StrEnum):
    """What computes."""

    CPU = "cpu"
    GPU = "gpu"


class Dtype(StrEnum):
    """With how many digits the course of people is computed; what is found before and after has all of them."""

    FLOAT64 = "float64"
    FLOAT32 = "float32"


def dtype_named(name: Dtype | str) -> Dtype:
    """Return the dtype of that name.

    Raises:
        UnknownNameError: When there is none.
    """
    try:
        return Dtype(name)
    except ValueError:
        raise UnknownNameError("dtype", str(name), tuple(Dtype)) from None


def use(device: Device) -> None:
    """Let everything that follows in this process be computed there; the processor needs no asking.

    Args:
        device: Where.

    Raises:
        WorkError: When no GPU is found; it says what was looked for and what to install.
    """
    if device is Device.CPU:
        return
    jax = runtime.start()
    try:
        found = jax.devices("gpu")
    except RuntimeError:
        found = []
    if not found:
        raise WorkError(_absent(sys.platform, [each.platform for each in jax.devices()]))
    jax.config.update("jax_default_device", found[0])


def _absent(system: str, platforms: list[str]) -> str:
    """Return what was looked for and what would help."""
    seen = ", ".join(sorted(set(platforms)))
    if system != "linux":
        return (
            f"no GPU: JAX computes on one under Linux only, and this is {system}; it finds {seen}. Leave out --device"
        )
    return (
        f"no GPU: JAX looked for an NVIDIA GPU (CUDA) and finds {seen} only. It needs NVIDIA's driver (does nvidia-smi "
        "list a GPU?) and: pip install 'euthymia[gpu]'. Leave out --device to compute on the processor"
    )
