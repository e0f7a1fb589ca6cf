"""The exported Brian2 script: it is Python, it holds the network's numbers, and where Brian2 is installed it runs."""

from __future__ import annotations

import ast
import dataclasses
import json
import subprocess
import sys

import numpy as np
import pytest

from euthymia.circuit.brian_script import BrianTarget, export_brian2
from euthymia.circuit.mean_field import MeanField
from euthymia.circuit.network import Heterogeneity, Magnesium, Network, NetworkError, Sparse, default_network, drives
from euthymia.circuit.spiking import run

CIRCUIT = MeanField.from_evidence()
NETWORK = Network(CIRCUIT, (80, 13, 8), connectivity=Sparse(0.3))


def names(script):
    """The script's upper-case constants that are plain numbers."""
    found = {}
    for line in ast.parse(script).body:
        if isinstance(line, ast.Assign):
            try:
                value = ast.literal_eval(line.value)
            except ValueError:
                continue
            for target in line.targets:
                several = isinstance(target, ast.Tuple)
                pairs = zip(target.elts, value, strict=True) if several else [(target, value)]
                found |= {key.id: each for key, each in pairs if isinstance(key, ast.Name)}
    return found


@pytest.mark.parametrize("target", list(BrianTarget))
@pytest.mark.parametrize("connectivity", [NETWORK.connectivity, default_network(100).connectivity])
@pytest.mark.parametrize("magnesium", list(Magnesium))
def test_every_script_is_python_and_has_no_gap_left(target, connectivity, magnesium):
    network = dataclasses.replace(NETWORK, connectivity=connectivity, magnesium=magnesium)
    script = export_brian2(network, seed=1, target=target)
    compile(script, "exported", "exec")
    assert "$" not in script


def test_the_script_holds_the_networks_numbers():
    block = np.array([0.2, 0.4, 0.5])
    found = names(export_brian2(NETWORK, seed=1, block=block))
    assert found["SIZES"] == NETWORK.sizes
    assert found["PROBABILITY"] == 0.3
    np.testing.assert_allclose(found["J_A"], CIRCUIT.J_A)
    np.testing.assert_allclose(found["J_N"], CIRCUIT.J_N * (1 - block))
    np.testing.assert_allclose(found["G_NX"], CIRCUIT.g_Nx * (1 - block))
    np.testing.assert_allclose(found["ETA"], CIRCUIT.eta)


@pytest.mark.parametrize("heterogeneity", list(Heterogeneity))
def test_the_scripts_drives_are_the_networks(heterogeneity):
    network = dataclasses.replace(NETWORK, heterogeneity=heterogeneity)
    tree = ast.parse(export_brian2(network, seed=1))
    function = next(each for each in tree.body if isinstance(each, ast.FunctionDef) and each.name == "drives")
    scope = {"np": np}
    exec(compile(ast.Module([function], []), "exported", "exec"), scope)
    parts = [scope["drives"](CIRCUIT.eta[a], CIRCUIT.Delta[a], N) for a, N in enumerate(network.sizes)]
    np.testing.assert_allclose(np.concatenate(parts), drives(network), rtol=1e-12)


def test_a_longer_step_lowers_the_cut_off():
    fine, coarse = (names(export_brian2(NETWORK, seed=1, dt=dt))["U_P"] for dt in (None, 0.05))
    assert fine == 200.0
    assert coarse == pytest.approx(40.0)


def test_a_run_that_cannot_be_is_refused():
    with pytest.raises(NetworkError, match="do not fit"):
        export_brian2(NETWORK, seed=1, duration=10.5)


def brian2_works():
    """Whether Brian2 is here and of a version that this NumPy lets in."""
    return subprocess.run([sys.executable, "-c", "import brian2"], capture_output=True).returncode == 0


@pytest.mark.long
@pytest.mark.parametrize("connectivity", [Sparse(0.1), default_network(100).connectivity])
def test_brian2_gives_the_same_rates(connectivity, tmp_path):
    """Other contacts and starting points, and a cut-off: the rates agree within chance."""
    if not brian2_works():
        pytest.skip("Brian2 is not installed, or not for this version of NumPy")
    network = default_network(1000, connectivity=connectivity)
    script = tmp_path / "exported.py"
    script.write_text(export_brian2(network, seed=1, target=BrianTarget.NUMPY, dt=0.05), encoding="utf-8")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True, cwd=tmp_path)
    theirs = json.loads(done.stdout)["rates"]
    np.testing.assert_allclose(theirs, run(network, 1000.0, seed=1).mean_rates(), rtol=0.08)
