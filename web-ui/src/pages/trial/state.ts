/** What the page of trials shows: which design, how it is to be conducted, and the job that is looked at. */

import { choice, decimal, type Fields, text, whole } from "../../lib/url";

export type From = "published" | "own" | "file";
export type Kind = "trial" | "power";

export interface TrialState {
  from: From;
  id: string;
  arms: string;
  weeks: number;
  baseline: number;
  spread: number;
  failures: number;
  file: string;
  kind: Kind;
  replicates: number;
  target: number;
  seed: number;
  job: string;
}

const FILE_CHARACTERS = 12_000;

export const FIELDS: Fields<TrialState> = {
  from: choice<From>("published", ["published", "own", "file"]),
  id: text("transform-2", 60),
  arms: text("spray and tablet~60~esketamine 84 mg nasal twice weekly for 4 weeks!tablet alone~60~placebo nasal twice weekly for 4 weeks", 3000),
  weeks: whole(4, 1, 26),
  baseline: decimal(36, 10, 58),
  spread: decimal(5.5, 1, 12),
  failures: whole(2, 0, 4),
  file: text("", FILE_CHARACTERS),
  kind: choice<Kind>("trial", ["trial", "power"]),
  replicates: whole(100, 3, 5000),
  target: decimal(0, 0, 99),
  seed: whole(1, 0, Number.MAX_SAFE_INTEGER),
  job: text("", 80),
};

/** An arm of one's own design; the last one is the reference. */
export interface Arm {
  readonly name: string;
  readonly n: number;
  readonly regimen: string;
}

/** Arms as the address holds them. */
export function armsOf(text: string): Arm[] {
  return text.split("!").flatMap((part) => {
    const [name = "", n = "", regimen = ""] = part.split("~");
    return name.trim() === "" && regimen.trim() === "" ? [] : [{ name: name.trim(), n: Number(n) || 0, regimen: regimen.trim() }];
  });
}

export function armsText(arms: readonly Arm[]): string {
  const clean = (word: string): string => word.replace(/[~!]/g, " ");
  return arms.map((arm) => `${clean(arm.name)}~${arm.n}~${clean(arm.regimen)}`).join("!");
}

/** A trial file of one's own design: a visit a week, everybody on a tablet, judged by the last visit. */
export function fileOf(state: TrialState): string {
  const said = JSON.stringify;
  const arms = armsOf(state.arms);
  const days = Array.from({ length: state.weeks }, (_, i) => 7 * (i + 1));
  const lines = [
    'id = "own-trial"',
    'title = "A trial of one\'s own"',
    'registry = "none"',
    'citation = "made up"',
    'split = "user"',
    'control = "new antidepressant"',
    'control_text = "the last arm"',
    "",
    "[population]",
    'name = "major depression"',
    "age_mean = 45",
    "age_sd = 11",
    "age_low = 18",
    "age_high = 64",
    "women = 0.6",
    `prior_failures_min = ${state.failures}`,
    "",
    ...days.flatMap((day) => ["[[visits]]", `label = "day ${day}"`, `t = ${24 * (day - 1)}`, 'recall = "7 d"', ""]),
    "[primary]",
    'endpoint = "MADRS change from baseline"',
    `visit = "day ${7 * state.weeks}"`,
    'analysis = "MMRM"',
    "",
    "[[phases]]",
    'name = "treatment"',
    "start = 0",
    `end = ${24 * (7 * state.weeks - 1)}`,
    ...arms.flatMap((arm, i) => [
      "",
      "[[phases.arms]]",
      `name = ${said(arm.name)}`,
      `n = ${arm.n}`,
      ...(i === arms.length - 1 ? ["reference = true"] : []),
      `regimen = ${said(arm.regimen)}`,
      'comedication = { kind = "new oral antidepressant", start = 0 }',
      `baseline = { mean = ${state.baseline.toFixed(1)}, sd = ${state.spread.toFixed(1)} }`,
    ]),
  ];
  return lines.join("\n") + "\n";
}

/** The job that a state asks for. */
export function jobOf(state: TrialState): Record<string, unknown> {
  const what = state.from === "published" ? { trial: state.id } : { toml: state.from === "own" ? fileOf(state) : state.file };
  const power = state.kind === "power" && state.target > 0 ? { target: state.target / 100 } : {};
  return { kind: state.kind, ...what, replicates: state.kind === "power" ? Math.max(20, state.replicates) : state.replicates, seed: state.seed, ...power };
}
