"""What a user gets wrong: exit code 2, one line that says what was given and what is allowed, nothing written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[3] / "examples" / "trials" / "my_trial.toml"

REGIMENS = [
    ("esketamin 84 mg nasal on day 1", "no drug 'esketamin'; did you mean 'esketamine'?"),
    ("esketamine 84 mg nasl on day 1", "cannot read 'nasl'", "did you mean 'nasal'?"),
    ("esketamine 84 g nasal on day 1", "no unit 'g'", "allowed: mg, mg/kg"),
    ("esketamine 84 points nasal on day 1", "no unit 'points'", "allowed: mg, mg/kg"),
    ("esketamine -84 mg nasal on day 1", "must be a number above 0"),
    ("esketamine 0 mg nasal on day 1", "must be a number above 0"),
    ("esketamine nan mg nasal on day 1", "nan"),
    ("esketamine 85 mg nasal on day 1", "allowed: 28, 56, 84 mg"),
    ("esketamine 1 mg/kg nasal on day 1", "allowed: 28, 56, 84 mg"),
    ("esketamine 8400 mg iv on day 1", "slip of the pen"),
    ("esketamine 84 mg nasal on day -1", "-1"),
    ("esketamine 84 mg nasal on day 99999", "is not a day: a whole number from 0 to 3660"),
    ("esketamine 84 mg nasal on days 1 1", "day 1 stands twice"),
    ("esketamine 84 mg nasal on day 1; esketamine 28 mg nasal on day 1", "at the same time"),
    (
        "esketamine 20 mg iv over 40 min on day 1; esketamine 20 mg iv on day 1 at 0.5 h",
        "starts before an infusion has ended",
    ),
    ("esketamine 20 mg iv over -5 min on day 1", "-5"),
    ("midazolam 5 mg nasal on day 1", "midazolam is not given by the route 'nasal'; allowed: iv"),
    ("sertraline 50 mg iv on day 1", "sertraline is not given by the route 'iv'; allowed: oral"),
    ("", "no dose in ''"),
    ("\n\t", "no dose"),
]

# What is changed in the example trial file, and what the error must say of it.
TRIALS = [
    ('id = "my-trial"', 'id = "my-trial', "not readable as TOML"),
    ('measure = "MADRS_change_diff"', 'measure = "MADRS_change_dif"', "did you mean 'MADRS_change_diff'"),
    ("esketamine 56 mg nasal twice weekly for 4 weeks", "esketamin 56 mg nasal twice weekly", "no drug 'esketamin'"),
    ("women = 0.65", "women = 65", "population.women"),
    ("women = 0.65", 'women = "unknown"', "population.women"),
    ("n = 60", "n = -60", "phases[0].arms[0].n"),
    ("n = 60", "m = 60", "unknown key"),
    ('visit = "day 28"', 'visit = "day 27"', "no visit 'day 27'; did you mean 'day 2"),
    ("t = 1320", "t = 1400", "given 1400 h; a visit lies within a phase, after 0 and up to 1344 h"),
    ("t = 1320", "t = 99999", "visits[3].t"),
    ("decide_at = [72, 168]", "decide_at = [73, 168]", "decide_at"),
    ('from_arm = "fixed + AD", MADRS_min = 13', 'from_arm = "fixd + AD", MADRS_min = 13', "did you mean 'fixed + AD'"),
    ("end = 648", "end = 800", "phases follow each other"),
]


def told(ended: object) -> str:
    """Return the single line of an error, having checked that it is one."""
    assert ended.code == 2  # type: ignore[attr-defined]
    assert ended.out == ""  # type: ignore[attr-defined]
    said: str = ended.err  # type: ignore[attr-defined]
    assert said.startswith("error: ")
    assert said.count("\n") == 1
    assert "Traceback" not in said
    return said


@pytest.mark.parametrize(("words", "expected"), [(first, rest) for first, *rest in REGIMENS], ids=lambda value: None)
def test_a_regimen_that_cannot_be_is_one_line_and_nothing_is_written(
    euthymia: Callable[..., object], tmp_path: Path, words: str, expected: list[str]
):
    said = told(euthymia("simulate", words, "--days", "2"))
    assert all(part in said for part in expected), said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("old", "new", "expected"), TRIALS, ids=lambda value: None)
def test_a_trial_file_that_cannot_be_is_one_line_and_nothing_is_written(
    euthymia: Callable[..., object], tmp_path: Path, old: str, new: str, expected: str
):
    content = EXAMPLE.read_text(encoding="utf-8")
    assert old in content
    (tmp_path / "mine.toml").write_text(content.replace(old, new, 1), encoding="utf-8")
    said = told(euthymia("trial", "run", "mine.toml", "--out", "out"))
    assert "mine.toml" in said
    assert expected in said, said
    assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"]


def test_bytes_that_are_no_text_are_one_line(euthymia: Callable[..., object], tmp_path: Path):
    (tmp_path / "mine.toml").write_bytes(b"\xff\xfe\x00")
    assert "not a text in UTF-8" in told(euthymia("trial", "run", "mine.toml"))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("trial", "run", "transfrom-2"), "no trial 'transfrom-2'; did you mean 'transform-"),
        (("trial", "show", "nothing"), "known: aspire-1, aspire-2"),
        (("trial", "run", "synapse", "--replicates", "0"), "--replicates"),
        (("trial", "run", "synapse", "--seed", "one"), "--seed"),
        (("trial", "run", "synapse", "--replicate", "3"), "--replicates"),
        (("evidence", "esketamine.ka_m"), "'ka_m'; did you mean 'ka_n'?"),
        (("cite", "gerhard202"), "did you mean 'gerhard2020'?"),
        (("simulate",), "Missing argument"),
    ],
    ids=lambda value: None,
)
def test_names_and_options_that_do_not_exist_are_one_line(
    euthymia: Callable[..., object], tmp_path: Path, words: tuple[str, ...], expected: str
):
    assert expected in told(euthymia(*words))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [("trial", "run", "synapse"), ("simulate", "esketamine 28 mg nasal on day 1")])
def test_a_place_that_cannot_be_written_to_is_refused_before_any_work(
    euthymia: Callable[..., object], sample_work: list[dict[str, object]], tmp_path: Path, command: tuple[str, ...]
):
    (tmp_path / "taken").touch()
    said = told(euthymia(*command, "--out", "taken/deeper"))
    assert "cannot write to 'taken/deeper'" in said
    assert "give another place with --out" in said
    assert sample_work == []
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_doses_that_cannot_be_are_refused_before_a_folder_is_made(euthymia: Callable[..., object], tmp_path: Path):
    content = EXAMPLE.read_text(encoding="utf-8")
    arm = 'regimen = "placebo nasal twice weekly for 4 weeks"'
    both = 'regimen = "ketamine 30 mg iv on day 1; midazolam 2 mg iv on day 1"'
    (tmp_path / "mine.toml").write_text(content.replace(arm, both), encoding="utf-8")
    assert "ketamine and midazolam iv at 0 h" in told(euthymia("trial", "run", "mine.toml", "--out", "out"))
    said = told(euthymia("simulate", "midazolam 5 mg nasal on day 1", "--out", "out"))
    assert "midazolam is not given by the route 'nasal'" in said
    assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"]


def test_a_fit_of_the_circuit_writes_nothing_and_says_so(euthymia: Callable[..., object]) -> None:
    ended = euthymia("calibrate", "--circuit", "--write")
    assert ended.code == 2
    assert "writes nothing; leave --write out" in ended.err


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--tablets", "--out", "out"), "--out, --resume and --nuts belong to the posterior; leave --tablets out"),
        (("--first-light", "--circuit"), "--first-light and --circuit are different fits; ask for one at a time"),
        (("--resume",), "--resume and --nuts keep what they did in a folder; name it with --out"),
        (("--nuts",), "--resume and --nuts keep what they did in a folder; name it with --out"),
        (("--mechanism", "direct", "--tablets"), "--mechanism is a fit of its own; leave --tablets out"),
        (("--mechanism", "direct", "--nuts", "--out", "out"), "--mechanism is a fit of its own; leave --nuts out"),
        (("--mechanism", "direct", "--resume"), "--resume goes on from what a folder keeps; name it with --out"),
        (("--mechanism", "closed loop"), "'closed loop' is solved person by person and not fitted; allowed: "),
    ],
)
def test_a_posterior_that_cannot_be_kept_as_asked_is_refused_at_once(
    euthymia: Callable[..., object], asked: tuple[str, ...], said: str
) -> None:
    ended = euthymia("calibrate", *asked)
    assert ended.code == 2
    assert said in ended.err
