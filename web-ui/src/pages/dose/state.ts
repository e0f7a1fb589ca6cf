/** What the page of courses shows: its state, and the question it puts to the server. */

import type { Courses, CoursesAsked } from "../../api/types";
import { post } from "../../api/client";
import { choice, decimal, type Fields, flag, text, whole, words } from "../../lib/url";

export type View = "all" | "week" | "day" | "hours";

export interface DoseState {
  a: string;
  b: string;
  ta: string;
  tb: string;
  wa: readonly string[];
  wb: readonly string[];
  weeks: number;
  people: number;
  seed: number;
  age: number;
  women: number;
  weight: number;
  MADRS: number;
  failed: number;
  kidneys: string;
  liver: string;
  account: string;
  view: View;
  more: boolean;
}

export const FIRST = "esketamine 84 mg nasal on days 1 4 8 11 15 18 22 25";

/** A weight of 0 stands for what the evidence says of people's weights. */
export const FIELDS: Fields<DoseState> = {
  a: text(FIRST, 2000),
  b: text("", 2000),
  ta: text("", 200),
  tb: text("", 200),
  wa: words([]),
  wb: words([]),
  weeks: decimal(4, 1 / 7, 52),
  people: whole(500, 1, 2000),
  seed: whole(1, 0, Number.MAX_SAFE_INTEGER),
  age: decimal(45, 18, 90),
  women: decimal(60, 0, 100),
  weight: decimal(0, 0, 200),
  MADRS: decimal(37, 10, 58),
  failed: whole(0, 0, 4),
  kidneys: text("normal", 20),
  liver: text("normal", 20),
  account: text("disinhibition", 40),
  view: choice<View>("all", ["all", "week", "day", "hours"]),
  more: flag(false),
};

/** The curves of the page, and those that are shown when more are asked for. */
export const CURVES = ["plasma", "SERT occupancy", "NMDA block PV", "surge", "spines", "skills", "MADRS", "CADSS", "SBP change"];
export const MORE = ["BDNF", "translation", "potentiation", "serotonin", "sedation", "memory", "ventilation", "drug liking"];

const HOURS_A_WEEK = 168;
const SHOWN_H: Record<View, number> = { all: Number.POSITIVE_INFINITY, week: HOURS_A_WEEK, day: 24, hours: 4 };
const LIGHTEST_KG = 35;

/** From and to of what is shown, hours. */
export function windowOf(state: DoseState): [number, number] {
  return [0, Math.min(SHOWN_H[state.view], HOURS_A_WEEK * state.weeks)];
}

/** The question for the server. */
export function askedOf(state: DoseState): CoursesAsked {
  const one = (sentence: string, label: string, therapy: string, alongside: readonly string[]) => ({
    sentence,
    label,
    therapy,
    alongside: [...alongside],
    mechanism: state.account,
  });
  const regimens = [one(state.a.trim() || "none", "A", state.ta, state.wa)];
  if (hasSecond(state)) regimens.push(one(state.b.trim() || "none", "B", state.tb, state.wb));
  return {
    regimens,
    who: {
      age: state.age,
      women: state.women / 100,
      weight: state.weight < LIGHTEST_KG ? null : state.weight,
      MADRS: state.MADRS,
      failed: state.failed,
      kidneys: state.kidneys,
      liver: state.liver,
    },
    people: state.people,
    days: Math.round(7 * state.weeks * 100) / 100,
    seed: state.seed,
    curves: state.more ? [...CURVES, ...MORE] : CURVES,
    window: state.view === "all" ? null : windowOf(state),
  };
}

/** Whether a second regimen is shown. */
export function hasSecond(state: DoseState): boolean {
  return state.b !== "";
}

/** Ask. */
export function askCourses(asked: CoursesAsked, signal: AbortSignal): Promise<Courses> {
  return post<Courses>("/courses", asked, signal);
}
