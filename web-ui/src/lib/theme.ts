/** Light, dark, or whatever the system says: kept in this browser alone. */

export type Theme = "system" | "light" | "dark";

const KEY = "euthymia.theme";
const DARK = "(prefers-color-scheme: dark)";

/** What was chosen here; the system's when nothing was, or when nothing can be kept. */
export function chosen(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    return "system";
  }
}

/** Show a theme, and keep it. */
export function choose(theme: Theme): void {
  try {
    if (theme === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // A browser that keeps nothing still shows it until the page is left.
  }
  show(theme);
}

/** Show what was chosen, now and whenever the system changes. */
export function follow(): void {
  show(chosen());
  matchMedia(DARK).addEventListener("change", () => show(chosen()));
}

function show(theme: Theme): void {
  const dark = theme === "dark" || (theme === "system" && matchMedia(DARK).matches);
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
}
