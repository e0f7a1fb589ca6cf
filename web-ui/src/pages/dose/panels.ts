/** Which curves the page shows, in the order from the dose to mood, and as what. */

import type { Curve, CurveMeta, Courses, Quantile } from "../../api/types";
import type { Line, Mark, Tone } from "../../chart/series";

export interface Panel {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly Line[];
  readonly include: readonly number[];
  readonly atRest: "largest" | "lowest" | "last";
  readonly records: readonly string[];
}

interface Shown {
  readonly name: string;
  readonly title?: string;
  readonly percent?: boolean;
  readonly include?: readonly number[];
  readonly atRest?: "largest" | "lowest" | "last";
  readonly more?: boolean;
}

const SHOWN: readonly Shown[] = [
  { name: "MADRS", title: "Depression (MADRS total)", include: [0], atRest: "last" },
  { name: "plasma" },
  { name: "NMDA block PV", title: "Blocked NMDA receptors, PV interneurons", percent: true },
  { name: "SERT occupancy", percent: true },
  { name: "surge", title: "Circuit: surge of glutamate", percent: true },
  { name: "BDNF", more: true },
  { name: "translation", more: true },
  { name: "potentiation", more: true },
  { name: "serotonin", include: [1] },
  { name: "spines", title: "Spine density (healthy = 1)", include: [], atRest: "largest" },
  { name: "skills" },
  { name: "CADSS" },
  { name: "SBP change" },
  { name: "sedation", percent: true, more: true },
  { name: "memory", percent: true, more: true, atRest: "lowest" },
  { name: "ventilation", more: true },
  { name: "drug liking", more: true },
];
const TONES: readonly Tone[] = ["a", "b"];
const NAMES = ["A", "B"];
const STILL = 1e-9;
const PERCENT = 100;

/** The panels of an answer; what no course has, or what stays where it is, is left out. */
export function panelsOf(answer: Courses, known: readonly CurveMeta[], more: boolean): Panel[] {
  const listed = new Set(SHOWN.map((shown) => shown.name));
  const tablets = known.filter((curve) => curve.group === "plasma" && !listed.has(curve.name) && !/ketamine/i.test(curve.name));
  const order = SHOWN.flatMap((shown) => (shown.name === "plasma" ? [shown, ...tablets.map((each): Shown => ({ name: each.name }))] : [shown]));
  return order.flatMap((shown) => {
    if (shown.more && !more) return [];
    const found = answer.courses.map((course) => course.curves[shown.name]);
    const first = found.find((curve) => curve !== undefined);
    if (!first || (shown.name !== "MADRS" && !found.some((curve) => curve && moves(curve)))) return [];
    const factor = shown.percent ? PERCENT : 1;
    const lines = answer.courses.flatMap((course, i) => {
      const curve = found[i];
      return curve ? [lineOf(curve, course.t_h, i, answer.courses.length > 1, factor)] : [];
    });
    return [
      {
        name: shown.name,
        title: shown.title ?? titleOf(found),
        unit: shown.percent ? "%" : first.unit,
        lines,
        include: shown.include ?? [0],
        atRest: shown.atRest ?? "largest",
        records: known.find((curve) => curve.name === shown.name)?.records ?? [],
      } satisfies Panel,
    ];
  });
}

function titleOf(found: readonly (Curve | undefined)[]): string {
  const labels = new Set(found.flatMap((curve) => (curve ? [curve.label] : [])));
  return labels.size === 1 ? ([...labels][0] ?? "") : "Drug in blood";
}

/** Ticks where doses are given, for the charts' foot. */
export function dosesOf(answer: Courses): Mark[] {
  return answer.courses.flatMap((course, i) => course.doses.map((dose) => ({ x: dose.t_h, tone: TONES[i] ?? "a" })));
}

function lineOf(curve: Curve, x: readonly number[], i: number, several: boolean, factor: number): Line {
  const values = (quantile: Quantile): (number | null)[] =>
    (curve.quantiles[quantile] ?? []).map((value) => (value === null ? null : factor * value));
  const bands = (["5", "25"] as const).flatMap((low) => {
    const high = low === "5" ? "95" : "75";
    return curve.quantiles[low] && curve.quantiles[high] ? [{ low: values(low), high: values(high) }] : [];
  });
  const people = bands.length > 0 ? "median" : "typical person";
  // Two regimens keep only the middle half of people, or nothing could be told apart where bands overlap.
  const kept = several ? bands.slice(1) : bands;
  return { label: several ? (NAMES[i] ?? "") : people, tone: TONES[i] ?? "a", x, y: values("50"), bands: kept, dashed: i === 1 };
}

function moves(curve: Curve): boolean {
  return Object.values(curve.quantiles).some((values) => {
    const known = (values ?? []).filter((value): value is number => value !== null);
    return known.length > 0 && Math.max(...known) - Math.min(...known) > STILL;
  });
}
