/** Numbers as people read them: three or four figures, a true minus sign, a thin space in thousands, always a unit. */

const MINUS = "\u2212";
const THIN = "\u202f";

/** A number in `figures` significant figures; an en dash for what is not there. */
export function number(value: number | null | undefined, figures = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e7) return signed(value.toExponential(Math.max(figures - 1, 0)).replace("e+", "e"));
  const places = Math.max(0, Math.min(8, figures - 1 - Math.floor(Math.log10(size))));
  const [whole = "", part] = size.toFixed(places).split(".");
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, THIN) : whole;
  const text = part === undefined ? grouped : `${grouped}.${part}`;
  return value < 0 && Number(size.toFixed(places)) !== 0 ? MINUS + text : text;
}

/** A count: all its figures, in groups of three. */
export function count(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return signed(String(Math.round(value))).replace(/\B(?=(\d{3})+$)/g, Math.abs(value) >= 1e4 ? THIN : "");
}

/** A number as it was written down: no figures that nobody gave. */
export function written(value: number): string {
  const size = Math.abs(value);
  if (value !== 0 && (size < 1e-4 || size >= 1e7)) return signed(String(Number(value.toPrecision(4))));
  return signed(String(Number(value.toPrecision(5))));
}

/** A number with fixed places. */
export function fixed(value: number | null | undefined, places = 1): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return signed(value.toFixed(places));
}

/** A number and its unit; what has no unit stands alone. */
export function quantity(value: number | null | undefined, unit: string, figures = 3): string {
  const text = number(value, figures);
  return text === "–" ? text : text + spaced(unit);
}

/** The unit after a number: nothing for a pure number. */
export function spaced(unit: string): string {
  return unit === "1" || unit === "" ? "" : `\u00a0${unitName(unit)}`;
}

/** A unit as it is printed: `uM` is typed, `µM` is read. */
export function unitName(unit: string): string {
  if (unit === "percent") return "%";
  return unit === "1" ? "" : unit.replace(/\bu(?=[MLg])/g, "µ").replace(/\*/g, "·");
}

/** Hours after the first dose, in words that fit their size. */
export function time(hours: number): string {
  const left = Math.round(10 * (hours % 24)) / 10;
  if (hours < 1) return `${Math.round(60 * hours)}\u00a0min`;
  if (hours < 48) return `${written(Math.round(100 * hours) / 100)}\u00a0h`;
  return left === 0 ? `day ${Math.floor(hours / 24) + 1}` : `day ${Math.floor(hours / 24) + 1}, ${written(left)}\u00a0h`;
}

/** An interval, low to high. */
export function interval(low: number | null, high: number | null, figures = 3): string {
  return `${number(low, figures)} to ${number(high, figures)}`;
}

/** A word or sentence with a capital at its start. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function signed(text: string): string {
  return text.replace(/^-/, MINUS);
}
