"""A batch goes when nobody holds it any more, without waiting for a search for objects that hold themselves."""

from __future__ import annotations

import gc
from weakref import ref

from euthymia.engine.ensemble import Settings
from euthymia.trials.batch import Batch
from euthymia.trials.catalogue import load_trial


def test_a_conducted_batch_does_not_hold_itself():
    gc.collect()
    gc.disable()
    try:
        batch = Batch(load_trial("murrough-2013"), 1, range(1), Settings(threads=1))
        data, held = batch.conducted(), ref(batch)
        del batch
        assert held() is None
    finally:
        gc.enable()
    assert data.replicates == 1
