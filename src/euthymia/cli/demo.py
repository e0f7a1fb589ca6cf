"""`euthymia demo`: a real trial, simulated, beside its published result, in one command."""

from __future__ import annotations

from dataclasses import replace

from euthymia.cli import options, output, trial, work

DEMO_TRIAL = "transform-2"


def demo(
    replicates: options.Replicates = 40,
    seed: options.Seed = 1,
    out: options.TrialOut = None,
    json: options.AsJson = False,
) -> None:
    """Simulate a published trial of esketamine nasal spray and open the result beside the real one."""
    from euthymia.trials.catalogue import load_trial

    design = load_trial(DEMO_TRIAL)
    trial.ready(out, page=not json)
    made = work.conducted(design, replicates=replicates, seed=seed, threads=None, chunk=None)
    command = work.spelled("euthymia", "demo", "--replicates", replicates, "--seed", seed)
    summary = replace(made, command=command, version=output.version())
    written = trial.write(summary, design, out, page=not json)
    if json:
        output.emit(summary.to_dict())
        return
    trial.print_summary(summary, [])
    output.say()
    output.say(f"The whole story, with figures: open {written[0].resolve().as_uri()}")
    output.say(f"More replicates: euthymia trial run {DEMO_TRIAL} --replicates 200")
