/** The shapes of the server's answers; docs/web.md and the schemas of the server say what each field means. */

export interface Fault {
  code: string;
  message: string;
  given: string | null;
  allowed: string | string[] | null;
  nearest: string | null;
  where: string | null;
}

export interface RouteLimit {
  route: string;
  max_mg: number;
  max_mg_per_kg: number | null;
}

export interface Drug {
  name: string;
  title: string;
  kind: string;
  routes: RouteLimit[];
  device_mg: number | null;
  devices: number;
  modelled: boolean;
  note: string;
}

export interface CurveMeta {
  name: string;
  label: string;
  unit: string;
  group: string;
  records: string[];
  default: boolean;
}

export interface Meta {
  version: string;
  notice: string;
  drugs: Drug[];
  schedules: string[];
  examples: string[];
  others: { name: string; changes_levels: boolean; acts_on_plasticity: boolean }[];
  mechanisms: string[];
  kidneys: string[];
  liver: string[];
  curves: CurveMeta[];
  grades: string[];
  changes: string[];
  receptors: string[];
  ways: string[];
  limits: { people: number; days: number; replicates: number; raster_cells: number; raster_ms: number; [other: string]: number };
}

export interface RegimenAsked {
  sentence: string;
  label?: string;
  alongside?: string[];
  therapy?: string;
  mechanism?: string;
  deplete_on?: number | null;
}

export interface CoursesAsked {
  regimens: RegimenAsked[];
  who: {
    age: number;
    women: number;
    weight: number | null;
    MADRS: number;
    failed: number;
    kidneys: string;
    liver: string;
  };
  people: number;
  days: number;
  seed: number;
  window?: [number, number] | null;
  points?: number;
  curves?: string[];
}

export type Quantile = "5" | "25" | "50" | "75" | "95";
export type Numbers = (number | null)[];

export interface Curve {
  label: string;
  unit: string;
  quantiles: Partial<Record<Quantile, Numbers>>;
}

/** One number of a course, with what nine in ten people have. */
export interface Figure {
  name: string;
  value: number | null;
  low: number | null;
  high: number | null;
  unit: string;
}

export interface Course {
  label: string;
  sentence: string;
  doses: { t_h: number; drug: string; route: string; amount: number; unit: string }[];
  t_h: number[];
  curves: Record<string, Curve>;
  figures: Figure[];
  error_points: number | null;
  command: string;
}

export interface Courses {
  people: number;
  days: number;
  seed: number | null;
  courses: Course[];
  lacking: string[];
  records: string[];
}

export interface Populations {
  E: number;
  PV: number;
  SST: number;
}

export interface Level {
  ketamine: number;
  block: Populations;
  rate: Populations;
  change: Populations;
  gain: number;
  gamma: number | null;
  surge: number;
  growth: number;
  frequency: number;
  stable: boolean;
}

export interface Circuit {
  changes: string[];
  rest: Populations;
  levels: Level[];
  spectrum: { frequency: number[]; power: (Numbers | null)[] } | null;
  curve: { ketamine: number[]; surge: number[] };
  command: string;
}

export interface Raster {
  sizes: Populations;
  ms: number;
  spike_ms: number[];
  spike_cell: number[];
  bin_ms: number;
  rates: Record<"E" | "PV" | "SST", number[]>;
  mean: Populations;
  mean_field: Populations;
  command: string;
}

export interface Trace {
  transmitter: number[];
  open: number[];
  current: number[];
  V: number[];
}

export interface Synapse {
  receptor: string;
  way: string;
  level: number;
  t_ms: number[];
  spikes_ms: number[];
  without: Trace;
  drugged: Trace;
  peak_ratio: number | null;
  area_ratio: number | null;
  shift: number;
  command: string;
}

export interface TrialRow {
  id: string;
  title: string;
  registry: string;
  split: string;
  arms: number;
  people: number | null;
  days: number;
  published: number;
}

export interface Published {
  row_id: string;
  arm: string;
  reference: string;
  phase: string;
  measure: string;
  definition: string;
  t_h: number | null;
  value: number;
  unit: string;
  ci_low: number | null;
  ci_high: number | null;
  n: number | null;
  split: string;
  source: string;
}

export interface Trial {
  id: string;
  title: string;
  registry: string;
  citation: string;
  split: string;
  facts: { label: string; text: string }[];
  notes: string[];
  design: { phases: Phase[] };
  toml: string;
  published: Published[];
}

/** A phase of a design, keys as in a trial file. */
export interface Phase {
  name: string;
  arms: PhaseArm[];
}

export interface PhaseArm {
  name: string;
  n?: number;
  regimen?: string;
  reference: boolean;
  titration?: object;
  entry?: { from_arm?: string };
}

export interface Verdict {
  ok: boolean;
  errors: Fault[];
  trial: Trial | null;
}

export type JobState = "queued" | "running" | "done" | "failed" | "cancelled" | "interrupted";

export interface Job {
  id: string;
  kind: string;
  title: string;
  state: JobState;
  share: number;
  created: string;
  started: string | null;
  finished: string | null;
  cancelling: boolean;
  ahead: number;
  run: string | null;
  report: boolean;
  command: string;
  error: Fault | null;
  asked: Record<string, unknown>;
}

export interface JobEvent {
  kind: "queued" | "started" | "progress" | "partial" | "resumed" | "done" | "failed" | "cancelled" | "interrupted";
  share: number | null;
  done: number | null;
  total: number | null;
  first: number | null;
  arms: { arm: string; phase: string; visit: string; means: Numbers }[] | null;
  error: Fault | null;
}

export interface Interval {
  mean: number;
  low: number;
  high: number;
}

/** Schema euthymia.trial/1; docs/json.md. */
export interface TrialResult {
  trial: string;
  title: string;
  seed: number;
  replicates: number;
  subjects: number;
  arms: { name: string; n: number | null; regimen: string; reference: boolean }[];
  contrasts: {
    arm: string;
    reference: string;
    phase: string;
    visit: string;
    scale: string;
    estimator: string;
    difference: Interval;
    significant: number;
    primary: boolean;
    estimand: string;
  }[];
  comparisons: {
    row_id: string;
    arm: string;
    phase: string;
    measure: string;
    definition: string;
    estimator: string;
    t: number | null;
    unit: string;
    value: number;
    ci_low: number | null;
    ci_high: number | null;
    split: string;
    source: string;
    predicted: Interval | null;
    signed_error: number | null;
    inside: boolean | null;
    why_not: string;
  }[];
  bands: { arm: string; t: number[]; mean: number[]; low: number[]; high: number[] }[];
  dropout: { arm: string; share: Interval; published: number | null }[];
  command: string;
  notes: string[];
}

export interface Parameter {
  id: string;
  record: string;
  name: string;
  value: number;
  unit: string;
  meaning: string;
  grade: string;
  assumed: boolean;
  source: string;
  where: string;
  cv: number | null;
  spread: string;
  uncertainty: string;
  note: string;
  command: string;
}

export interface EvidenceRecord {
  name: string;
  title: string;
  summary: string;
  parameters: number;
  assumed: number;
}

export interface EvidencePage {
  total: number;
  page: number;
  pages: number;
  parameters: Parameter[];
  records: EvidenceRecord[];
  grades: Record<string, number>;
}

export interface Source {
  key: string;
  short: string;
  text: string;
  identifier: string;
  bibtex: string;
}

export interface ParameterStory {
  parameter: Parameter;
  source: Source | null;
  record: EvidenceRecord;
}

export interface Signal {
  name: string;
  family: string;
  family_number: number;
  kind: string;
  tier: string;
  receptors: string;
  modelled: boolean;
  as_a_group: boolean;
  sign: string | null;
  how: string;
  note: string;
}

export interface Standing {
  origin: string;
  command: string;
  version: string;
  evidence: string;
  current: boolean;
}

export interface Claim {
  id: string;
  article: number | null;
  says: string;
  known: string;
  support: string;
  role: string;
  verdict: string;
  numbers: {
    what: string;
    unit: string;
    value: number | null;
    interval: Numbers | null;
    error: number;
    holds: Numbers;
    why: string;
    verdict: string;
  }[];
  rows: { row: string; what: string; value: number; unit: string; low: number | null; high: number | null; split: string; source: string }[];
  sources: string[];
  lost_if: string;
  command: string;
  note: string;
  why_not: string;
}

export interface Claims {
  standing: Standing;
  score: string;
  claims: Claim[];
}

export interface Miss {
  trial: string;
  title: string;
  row_id: string;
  arm: string;
  measure: string;
  t_h: number | null;
  unit: string;
  value: number;
  mean: number;
  low: number;
  high: number;
  counted: boolean;
  how_far: number;
}

export interface Score {
  standing: Standing;
  misses: Miss[];
  board: {
    seed: number;
    replicates: number;
    uncertainty: string;
    tallies: { trial: string; endpoint: string; forecaster: string; rows: number; inside: number; log_score: number | null; crps: number | null; signed_error: number | null }[];
    beside: { rival: string; total: number | null; se: number | null; rows: number; clusters: number; verdict: string }[];
    trials: { trial: string; title: string; cluster: string; note: string }[];
  };
}
