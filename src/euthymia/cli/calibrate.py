"""`euthymia calibrate`: fit the few numbers that no measurement gives, from the calibration rows alone."""

from __future__ import annotations

from euthymia.cli import options, output

SCHEMA = "euthymia.calibration/1"


def calibrate(
    seed: options.Seed = 1,
    json: options.AsJson = False,
) -> None:
    """Fit the calibrated numbers again from the published calibration rows."""
    from euthymia.calibration import first_light
    from euthymia.engine.course import plain

    with output.progress("calibrating") as move:
        found = first_light.fit(seed=seed, progress=move)
    if json:
        output.emit({"schema": SCHEMA, "seed": seed, "fit": plain(found)})
    else:
        output.say(str(found))
