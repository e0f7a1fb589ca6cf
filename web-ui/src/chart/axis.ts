/** Axes: where ticks stand and what they say. */

import { scaleLinear, scaleLog } from "d3-scale";
import { number } from "../lib/format";

/** What runs along the bottom. */
export type Along = "time" | "linear" | "log";

export interface Scale {
  (value: number): number;
  invert(at: number): number;
  ticks(count?: number): number[];
}

const HOURS_A_DAY = 24;
const STEPS_H = [0.25, 0.5, 1, 2, 4, 6, 12, 24, 48, 72, 168, 336, 672, 2184, 4368];
const IN_DAYS_FROM_H = 72;
const IN_WEEKS_FROM_H = 336;
const WEEK_H = 168;

/** A scale from values to pixels. */
export function scaleOf(along: Along, domain: readonly [number, number], range: readonly [number, number]): Scale {
  const made = along === "log" ? scaleLog() : scaleLinear();
  return made.domain([...domain]).range([...range]) as unknown as Scale;
}

/** Ticks of an axis and their words, about one for every `apart` pixels. */
export function ticksOf(along: Along, scale: Scale, domain: readonly [number, number], pixels: number, apart: number): { at: number; word: string }[] {
  const most = Math.max(2, Math.floor(pixels / apart));
  if (along === "time") return timeTicks(domain, most);
  if (along === "log") return logTicks(domain, most);
  return scale.ticks(most).map((at) => ({ at, word: number(at, 4).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "") }));
}

/** The words under a time axis. */
export function timeUnit(domain: readonly [number, number]): string {
  return domain[1] - domain[0] >= IN_DAYS_FROM_H ? "days" : "hours";
}

function timeTicks(domain: readonly [number, number], most: number): { at: number; word: string }[] {
  const span = domain[1] - domain[0];
  const step = STEPS_H.find((each) => span / each <= most && (span < IN_WEEKS_FROM_H || each === 24 || each % WEEK_H === 0)) ?? STEPS_H[STEPS_H.length - 1]!;
  const days = timeUnit(domain) === "days";
  const ticks = [];
  for (let at = Math.ceil(domain[0] / step) * step; at <= domain[1] + 1e-9; at += step) {
    ticks.push({ at, word: String(days ? +(at / HOURS_A_DAY).toFixed(2) : +at.toFixed(2)) });
  }
  return ticks;
}

function logTicks(domain: readonly [number, number], most: number): { at: number; word: string }[] {
  const low = Math.floor(Math.log10(domain[0]));
  const high = Math.ceil(Math.log10(domain[1]));
  const parts = (high - low) * 3 <= most ? [1, 2, 5] : [1];
  const ticks = [];
  for (let power = low; power <= high; power += 1) {
    for (const part of parts) {
      const at = part * 10 ** power;
      if (at >= domain[0] * 0.999 && at <= domain[1] * 1.001) ticks.push({ at, word: String(+at.toPrecision(3)) });
    }
  }
  return ticks;
}
