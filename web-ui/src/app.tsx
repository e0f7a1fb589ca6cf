/** The shell: where one can go, the page itself, and the notice under every page. */

import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { SourceDrawer } from "./parts/source";
import { usePath } from "./lib/route";
import { choose, chosen, type Theme } from "./lib/theme";

const PAGES = [
  { path: "/dose", word: "Dose to mood", load: () => import("./pages/dose/DosePage").then((m) => m.DosePage) },
  { path: "/circuit", word: "Synapse and circuit", load: () => import("./pages/circuit/CircuitPage").then((m) => m.CircuitPage) },
  { path: "/trial", word: "Trial", load: () => import("./pages/trial/TrialPage").then((m) => m.TrialPage) },
  { path: "/claims", word: "Claims", load: () => import("./pages/ClaimsPage").then((m) => m.ClaimsPage) },
  { path: "/score", word: "Score board", load: () => import("./pages/ScorePage").then((m) => m.ScorePage) },
  { path: "/evidence", word: "Evidence", load: () => import("./pages/evidence/EvidencePage").then((m) => m.EvidencePage) },
  { path: "/learn", word: "Learn", load: () => import("./pages/learn/LearnPage").then((m) => m.LearnPage) },
] as const;

type Shown = { path: string; Page: ComponentType } | { path: string; failed: true } | undefined;

/** The whole application. */
export function App(): JSX.Element {
  const path = usePath();
  const page = PAGES.find((each) => each.path === path.replace(/\/$/, "")) ?? (path === "/" ? PAGES[0] : undefined);
  const [shown, setShown] = useState<Shown>();
  useEffect(() => {
    if (!page) return;
    let wanted = true;
    page.load().then(
      (Page) => wanted && setShown({ path: page.path, Page }),
      () => wanted && setShown({ path: page.path, failed: true }),
    );
    return () => {
      wanted = false;
    };
  }, [page]);
  const ready = page && shown?.path === page.path ? shown : undefined;
  return (
    <>
      <a class="skip" href="#main">Skip to the page</a>
      <header class="top">
        <a class="brand" href="/">euthymia</a>
        <nav aria-label="Pages">
          {PAGES.map((each) => (
            <a key={each.path} href={each.path} aria-current={each === page ? "page" : undefined}>{each.word}</a>
          ))}
        </nav>
        <ThemeSwitch />
      </header>
      <main id="main" tabIndex={-1}>
        {!page && <Lost path={path} />}
        {ready && "Page" in ready && <ready.Page key={ready.path} />}
        {ready && "failed" in ready && <p class="trouble-box">This page could not be loaded. Is euthymia serve still running?</p>}
      </main>
      <footer>
        <p>
          For research and teaching, never for treating a person: these are simulated people, and much of what moves them is assumed.
          Anyone who needs help with depression should speak to a doctor.
        </p>
      </footer>
      <SourceDrawer />
    </>
  );
}

function Lost({ path }: { path: string }): JSX.Element {
  return (
    <>
      <h1>There is no page here</h1>
      <p><code>{path.slice(0, 80)}</code> is not one of ours. The pages are named at the top.</p>
    </>
  );
}

function ThemeSwitch(): JSX.Element {
  const [theme, setTheme] = useState<Theme>(chosen);
  const next: Record<Theme, Theme> = { system: "dark", dark: "light", light: "system" };
  const word: Record<Theme, string> = { system: "Auto", dark: "Dark", light: "Light" };
  return (
    <button
      type="button"
      class="quiet theme"
      aria-label={`Colours: ${word[theme]}. Change to ${word[next[theme]]}`}
      onClick={() => {
        choose(next[theme]);
        setTheme(next[theme]);
      }}
    >
      <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
        <circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="1.5" />
        <path d="M8 1.5a6.5 6.5 0 0 1 0 13z" fill="currentColor" />
      </svg>
      {word[theme]}
    </button>
  );
}
