"""The command line: a thin layer over the public API."""

from euthymia.cli.app import main

__all__ = ["main"]
