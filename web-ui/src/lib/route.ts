/** Where the browser is, and how a page keeps its state there without a step of history for each movement of a slider. */

import { useCallback, useEffect, useState } from "preact/hooks";
import { type Fields, readState, writeState } from "./url";

const MOVED = "euthymia:moved";
const SETTLING_MS = 250;

/** The path of the page, followed. */
export function usePath(): string {
  const [path, setPath] = useState(location.pathname);
  useEffect(() => {
    const look = (): void => setPath(location.pathname);
    addEventListener("popstate", look);
    addEventListener(MOVED, look);
    return () => {
      removeEventListener("popstate", look);
      removeEventListener(MOVED, look);
    };
  }, []);
  return path;
}

/** Go to a page within the application. */
export function go(to: string): void {
  history.pushState(null, "", to);
  dispatchEvent(new Event(MOVED));
  scrollTo(0, 0);
  document.getElementById("main")?.focus({ preventScroll: true });
}

/** Let plain clicks on links to our own pages go without a reload. */
export function followLinks(): void {
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const link = (event.target as Element | null)?.closest?.("a");
    if (!link || link.origin !== location.origin || link.hasAttribute("download") || link.target !== "") return;
    if (link.pathname.startsWith("/api/") || link.pathname.startsWith("/assets/")) return;
    if (link.pathname === location.pathname && link.hash !== "") return;
    event.preventDefault();
    go(link.pathname + link.search + link.hash);
  });
}

/** The state of a page, read from the address and written back to it a moment after it stopped moving. */
export function usePageState<S extends object>(fields: Fields<S>): [S, (change: Partial<S>) => void] {
  const [state, setState] = useState<S>(() => readState(fields, location.search));
  useEffect(() => {
    const reread = (): void => setState(readState(fields, location.search));
    addEventListener("popstate", reread);
    addEventListener(MOVED, reread);
    return () => {
      removeEventListener("popstate", reread);
      removeEventListener(MOVED, reread);
    };
  }, [fields]);
  useEffect(() => {
    const page = location.pathname;
    const later = setTimeout(() => {
      const query = writeState(fields, state);
      if (location.pathname === page && location.search !== query) {
        history.replaceState(null, "", page + query + location.hash);
      }
    }, SETTLING_MS);
    return () => clearTimeout(later);
  }, [fields, state]);
  const change = useCallback((given: Partial<S>) => setState((before) => ({ ...before, ...given })), []);
  return [state, change];
}
