"""`euthymia doctor`: is this installation whole, and where does it keep things?"""

from __future__ import annotations

import os
import platform
from typing import Annotated

import typer

from euthymia.cli import options, output

SCHEMA = "euthymia.doctor/1"


def doctor(
    deep: Annotated[bool, typer.Option("--deep", help="Also load the numerics and list their devices.")] = False,
    json: options.AsJson = False,
) -> None:
    """Check the installation: Python, dependencies, cores, cache folder; with --deep the devices."""
    facts = found(deep=deep)
    if json:
        output.emit({"schema": SCHEMA} | facts)
    else:
        _print(facts)
    dependencies = facts["dependencies"]
    if isinstance(dependencies, dict) and None in dependencies.values():
        raise typer.Exit(1)


def _print(facts: dict[str, object]) -> None:
    for name, value in facts.items():
        if isinstance(value, dict):
            output.say(f"{name}:")
            for key, each in value.items():
                output.say(f"  {key:<14} {each if each is not None else 'MISSING: pip install ' + key}")
        else:
            output.say(f"{name:<16} {value}")


def found(*, deep: bool = False) -> dict[str, object]:
    """Return what the command prints, as plain data."""
    folder, writable = _cache()
    facts: dict[str, object] = {
        "euthymia": output.version(),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        "cache": folder,
        "cache_writable": writable,
        "dependencies": _dependencies(),
    }
    return facts | ({"devices": _devices()} if deep else {})


def _dependencies() -> dict[str, str | None]:
    """Return installed versions of what euthymia needs, None where one is missing; nothing is imported."""
    import re
    from importlib.metadata import PackageNotFoundError, requires, version

    found: dict[str, str | None] = {}
    for requirement in requires("euthymia") or ():
        name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
        if "extra ==" not in requirement:
            try:
                found[name] = version(name)
            except PackageNotFoundError:
                found[name] = None
    return found


def _cache() -> tuple[str, bool]:
    from platformdirs import user_cache_dir

    from euthymia.errors import OutputError
    from euthymia.report.files import check_folder

    folder = user_cache_dir("euthymia", appauthor=False)
    try:
        check_folder(folder)
    except OutputError:
        return folder, False
    return folder, True


def _devices() -> dict[str, str]:
    import jax

    return {f"{device.platform}:{device.id}": device.device_kind for device in jax.devices()}
