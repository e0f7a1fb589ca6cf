/** One place along the axis that all charts of a page point at. */

import { useEffect, useState } from "preact/hooks";

export interface Hover {
  readonly get: () => number | null;
  readonly set: (x: number | null) => void;
  readonly listen: (listener: () => void) => () => void;
}

/** A place that charts share; nothing is pointed at when it starts. */
export function makeHover(): Hover {
  let at: number | null = null;
  const listeners = new Set<() => void>();
  return {
    get: () => at,
    set: (x) => {
      if (x === at) return;
      at = x;
      listeners.forEach((listener) => listener());
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Follow the place: only who calls this is drawn anew. */
export function useHover(hover: Hover | undefined): number | null {
  const [at, setAt] = useState<number | null>(hover?.get() ?? null);
  useEffect(() => hover?.listen(() => setAt(hover.get())), [hover]);
  return hover ? at : null;
}
