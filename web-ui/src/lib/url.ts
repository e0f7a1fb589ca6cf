/**
 * What a page shows, as the query of its address: readable, short (defaults are left out), and total: any query gives
 * a state, because what cannot be read falls back to the default.
 */

/** How one field of a state is written and read; `read` gives undefined for what makes no sense. */
export interface Field<T> {
  readonly initial: T;
  readonly write: (value: T) => string;
  readonly read: (text: string) => T | undefined;
}

export type Fields<S> = { readonly [K in keyof S]: Field<S[K]> };

/** Free text, cut at a length. */
export function text(initial: string, longest = 600): Field<string> {
  return { initial, write: (value) => value, read: (given) => given.slice(0, longest) };
}

/** A number within limits; what lies outside is moved to the nearest limit. */
export function decimal(initial: number, low: number, high: number): Field<number> {
  return {
    initial,
    write: String,
    read: (given) => {
      const value = given.trim() === "" ? Number.NaN : Number(given);
      return Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : undefined;
    },
  };
}

/** A whole number within limits. */
export function whole(initial: number, low: number, high: number): Field<number> {
  const inner = decimal(initial, low, high);
  return {
    ...inner,
    read: (given) => {
      const value = inner.read(given);
      return value === undefined ? undefined : Math.round(value);
    },
  };
}

/** One of a few words. */
export function choice<T extends string>(initial: T, allowed: readonly T[]): Field<T> {
  return { initial, write: (value) => value, read: (given) => allowed.find((each) => each === given) };
}

/** Yes or no. */
export function flag(initial: boolean): Field<boolean> {
  return { initial, write: (value) => (value ? "yes" : "no"), read: (given) => ({ yes: true, no: false })[given] };
}

/** Several words, joined by commas. */
export function words(initial: readonly string[]): Field<readonly string[]> {
  return {
    initial,
    write: (value) => value.join(","),
    read: (given) => given.split(",").map((each) => each.trim()).filter((each) => each !== ""),
  };
}

/** The state that a query describes. */
export function readState<S extends object>(fields: Fields<S>, query: string): S {
  const given = new URLSearchParams(query);
  const state: Partial<S> = {};
  for (const key of keysOf(fields)) {
    const said = given.get(key);
    state[key] = (said === null ? undefined : fields[key].read(said)) ?? fields[key].initial;
  }
  return state as S;
}

/** The query that describes a state: empty where everything is as it starts. */
export function writeState<S extends object>(fields: Fields<S>, state: S): string {
  const query = new URLSearchParams();
  for (const key of keysOf(fields)) {
    const said = fields[key].write(state[key]);
    if (said !== fields[key].write(fields[key].initial)) query.set(key, said);
  }
  const all = query.toString().replace(/%2C/g, ",").replace(/%3B/g, ";").replace(/%2F/g, "/").replace(/%3A/g, ":");
  return all === "" ? "" : `?${all}`;
}

function keysOf<S extends object>(fields: Fields<S>): (keyof S & string)[] {
  return Object.keys(fields) as (keyof S & string)[];
}
