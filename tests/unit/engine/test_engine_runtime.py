"""How JAX is started: double precision, and a cache that follows the environment."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import jax.numpy as jnp
import pytest

from euthymia.engine import programs, runtime


def in_fresh_python(code: str, **environment: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | environment, capture_output=True, text=True, check=True
    )
    return ran.stdout.strip()


def test_numbers_are_double_precision():
    runtime.start()
    assert jnp.asarray(1.0).dtype == jnp.float64


def test_starting_twice_is_starting_once():
    assert runtime.start() is runtime.start()


def test_the_cache_goes_where_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.setenv("EUTHYMIA_CACHE", str(tmp_path / "kept"))
    assert runtime.cache_directory() == tmp_path / "kept"
    monkeypatch.delenv("EUTHYMIA_CACHE")
    assert runtime.cache_directory().name == "euthymia"


def test_importing_the_runtime_loads_no_jax():
    code = "import sys, euthymia.engine.runtime; print('jax' in sys.modules)"
    assert in_fresh_python(code) == "False"


def test_compiled_programs_are_kept_for_the_next_process(tmp_path):
    code = "from euthymia.engine import runtime; jax = runtime.start(); print(jax.jit(lambda x: x + 1.0)(1.0))"
    assert in_fresh_python(code, EUTHYMIA_CACHE=str(tmp_path)) == "2.0"
    assert any((tmp_path / "compiled").iterdir())


def test_a_folder_that_cannot_be_made_costs_only_the_cache(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    code = "from euthymia.engine import runtime; jax = runtime.start(); print(jax.config.jax_compilation_cache_dir)"
    assert in_fresh_python(code, EUTHYMIA_CACHE=str(blocked)) == "None"
    assert Path(blocked).read_text() == "in the way"


def test_flags_of_the_user_are_kept(tmp_path):
    code = "import os; from euthymia.engine import runtime; runtime.start(); print(os.environ['XLA_FLAGS'])"
    given = "--xla_cpu_enable_fast_math=false"
    found = in_fresh_python(code, XLA_FLAGS=given, EUTHYMIA_CACHE=str(tmp_path)).split()
    assert found == [given, *runtime._FLAGS]


ADDS = "from euthymia.engine import runtime; jax = runtime.start(); print(jax.jit(lambda x: x + 1.0)(1.0))"


def test_half_a_program_left_by_a_killed_process_is_made_whole_again(tmp_path):
    assert in_fresh_python(ADDS, EUTHYMIA_CACHE=str(tmp_path)) == "2.0"
    kept = {file: file.read_bytes() for file in (tmp_path / "compiled").glob("*-cache")}
    for file, whole in kept.items():
        file.write_bytes(whole[: len(whole) // 2])
    assert in_fresh_python(ADDS, EUTHYMIA_CACHE=str(tmp_path), PYTHONWARNINGS="ignore") == "2.0"
    assert in_fresh_python(ADDS, EUTHYMIA_CACHE=str(tmp_path), PYTHONWARNINGS="error") == "2.0"
    assert kept.keys() == set((tmp_path / "compiled").iterdir())


def test_a_program_is_seen_whole_or_not_at_all_while_it_is_written(tmp_path):
    file, contents = tmp_path / "program-cache", [bytes([letter]) * 3_000_000 for letter in (97, 98)]
    writers = [threading.Thread(target=lambda c=c: [programs.place(file, c) for _ in range(20)]) for c in contents]
    for writer in writers:
        writer.start()
    seen = []
    while any(writer.is_alive() for writer in writers):
        if file.exists():
            seen.append(file.read_bytes() in contents)
    assert seen
    assert all(seen)
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_that_takes_no_program_is_left_as_it_was(tmp_path):
    (tmp_path / "program-cache").mkdir()
    with pytest.raises(OSError, match="program-cache"):
        programs.place(tmp_path / "program-cache", b"whole")
    assert [file.name for file in tmp_path.iterdir()] == ["program-cache"]


def test_this_jax_writes_programs_our_way():
    from jax._src.lru_cache import LRUCache

    runtime.start()
    assert programs.keep_whole()
    assert LRUCache.put.__module__ == programs.__name__
