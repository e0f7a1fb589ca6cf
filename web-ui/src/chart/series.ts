/** What a chart draws: lines with bands, points, marks; and how a line is read at one place. */

/** Which of the palette's colours. */
export type Tone = "a" | "b" | "c" | "d" | "e" | "soft";

export interface Band {
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
}

export interface Line {
  readonly label: string;
  readonly tone: Tone;
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
  /** Outermost first. */
  readonly bands?: readonly Band[];
  readonly dashed?: boolean;
  readonly thin?: boolean;
}

export interface Point {
  readonly x: number;
  readonly y: number;
  readonly low?: number | null;
  readonly high?: number | null;
  readonly tone: Tone;
  readonly label: string;
}

export interface Mark {
  readonly x: number;
  readonly word?: string;
  readonly tone: Tone;
}

/** The value of a line at a place, between its points by a straight line; null outside or where it is unknown. */
export function valueAt(x: readonly number[], y: readonly (number | null)[], at: number): number | null {
  const last = x.length - 1;
  if (last < 0 || at < x[0]! || at > x[last]!) return null;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle]! <= at) low = middle;
    else high = middle;
  }
  const before = y[low] ?? null;
  const after = y[high] ?? null;
  if (before === null || after === null) return before ?? after;
  const width = x[high]! - x[low]!;
  return width === 0 ? after : before + ((after - before) * (at - x[low]!)) / width;
}

/** Lowest and highest of what lines and points reach within a stretch of the axis. */
export function extent(lines: readonly Line[], points: readonly Point[], from: number, to: number): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const see = (value: number | null | undefined): void => {
    if (value === null || value === undefined || !Number.isFinite(value)) return;
    if (value < low) low = value;
    if (value > high) high = value;
  };
  for (const line of lines) {
    line.x.forEach((x, i) => {
      if (x < from || x > to) return;
      see(line.y[i]);
      for (const band of line.bands ?? []) {
        see(band.low[i]);
        see(band.high[i]);
      }
    });
  }
  for (const point of points) {
    if (point.x < from || point.x > to) continue;
    see(point.y);
    see(point.low);
    see(point.high);
  }
  return low <= high ? [low, high] : [0, 1];
}

/** Where a line is largest or smallest, the first such place. */
export function peak(line: Line, sign: 1 | -1 = 1): { x: number; y: number } | null {
  let best: { x: number; y: number } | null = null;
  line.y.forEach((y, i) => {
    if (y !== null && (best === null || sign * y > sign * best.y)) best = { x: line.x[i]!, y };
  });
  return best;
}
