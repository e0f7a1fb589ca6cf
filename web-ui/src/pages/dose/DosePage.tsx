/** From the dose to mood: a regimen or two, who takes them, and what follows, link by link. */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { useMeta } from "../../api/meta";
import type { Courses, Figure } from "../../api/types";
import { Chart } from "../../chart/Chart";
import { makeHover } from "../../chart/hover";
import { capital, interval, quantity, time } from "../../lib/format";
import { useLatest } from "../../lib/latest";
import { usePageState } from "../../lib/route";
import { Exports } from "../../parts/exports";
import { Segments, Tick } from "../../parts/fields";
import { Page, TroubleNote, Waiting } from "../../parts/page";
import { Reader } from "../../parts/reader";
import { SourceButton } from "../../parts/source";
import { dosesOf, panelsOf } from "./panels";
import { RegimenCard } from "./RegimenCard";
import { askCourses, askedOf, type DoseState, FIELDS, hasSecond, type View, windowOf } from "./state";
import { WhoFields } from "./WhoFields";

const VIEWS: readonly (readonly [View, string])[] = [
  ["all", "Whole course"],
  ["week", "First week"],
  ["day", "First day"],
  ["hours", "First 4 hours"],
];

/** The page. */
export function DosePage(): JSX.Element {
  const [state, change] = usePageState<DoseState>(FIELDS);
  const { meta, trouble: unreachable } = useMeta();
  const asked = useMemo(() => askedOf(state), [state]);
  const { value, trouble, busy } = useLatest(asked, askCourses);
  const hover = useMemo(makeHover, []);
  const panels = useMemo(() => (value ? panelsOf(value, meta?.curves ?? [], state.more) : []), [value, meta, state.more]);
  const marks = useMemo(() => (value ? dosesOf(value) : []), [value]);
  const lastDay = Math.max(1, Math.floor(7 * state.weeks));
  const shown = windowOf(state);
  return (
    <Page
      title="From the dose to mood"
      lead="Choose what is given and to whom. Curves are medians of simulated people; bands hold the middle half of them and, with one regimen, nine in ten."
      actions={<Exports name="euthymia-courses" figures state={{ page: "courses", asked }} />}
    >
      <div class="bench">
        <div class="controls">
          <RegimenCard
            name="A"
            tone="a"
            meta={meta}
            sentence={state.a}
            therapy={state.ta}
            alongside={state.wa}
            lastDay={lastDay}
            onSentence={(a) => change({ a })}
            onTherapy={(ta) => change({ ta })}
            onAlongside={(wa) => change({ wa })}
          />
          {hasSecond(state) ? (
            <RegimenCard
              name="B"
              tone="b"
              meta={meta}
              sentence={state.b}
              therapy={state.tb}
              alongside={state.wb}
              lastDay={lastDay}
              onSentence={(b) => change({ b: b || "none" })}
              onTherapy={(tb) => change({ tb })}
              onAlongside={(wb) => change({ wb })}
              onRemove={() => change({ b: "", tb: "", wb: [] })}
            />
          ) : (
            <button type="button" onClick={() => change({ b: state.a, tb: state.ta, wb: state.wa })}>Compare with a second regimen</button>
          )}
          <WhoFields state={state} meta={meta} change={change} />
        </div>
        <div class="stack">
          <TroubleNote trouble={trouble ?? unreachable} />
          <div class="actions">
            <Segments label="What is shown" value={state.view} options={VIEWS} onChange={(view) => change({ view })} />
            <Tick label="More curves" value={state.more} onChange={(more) => change({ more })} />
          </div>
          {!value && !trouble && <Waiting what="Simulating" />}
          {value && <Reader hover={hover} domain={shown} />}
          <div class="charts" data-busy={busy} data-drawn={value ? JSON.stringify(value.courses.map((course) => course.sentence)) : ""}>
            {panels.map((panel) => (
              <div key={panel.name} class={panel.name === "MADRS" ? "hero" : undefined} data-curve={panel.name}>
                <Chart
                  title={panel.title}
                  unit={panel.unit}
                  lines={panel.lines}
                  marks={marks}
                  domain={shown}
                  include={panel.include}
                  height={panel.name === "MADRS" ? 300 : 180}
                  hover={hover}
                  atRest={panel.atRest}
                  source={<SourceButton what={panel.title} asked={{ title: panel.title, records: panel.records }} />}
                />
              </div>
            ))}
          </div>
          {value && <Figures value={value} />}
        </div>
      </div>
    </Page>
  );
}

function Figures({ value }: { value: Courses }): JSX.Element {
  const names = value.courses[0]?.figures.map((figure) => figure.name) ?? [];
  return (
    <section class="section">
      <h2>In numbers</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="Numbers of the courses">
        <table>
          <caption>
            {value.people === 1 ? "A typical person" : `${value.people} people, seed ${value.seed}: median, and from the 5th to the 95th percentile`}
          </caption>
          <thead>
            <tr>
              <th scope="col">What</th>
              {value.courses.map((course) => <th key={course.label} scope="col" class="number">{course.label}</th>)}
            </tr>
          </thead>
          <tbody>
            {names.map((name, i) => (
              <tr key={name}>
                <th scope="row">{capital(name)}</th>
                {value.courses.map((course) => {
                  const figure = course.figures.find((each) => each.name === name) ?? course.figures[i];
                  return (
                    <td key={course.label} class="number">
                      {figure ? said(figure.value, figure.unit) : "–"}
                      {figure?.low != null && <span class="soft small"> ({spanned(figure)})</span>}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {value.courses[0]?.error_points != null && (
        <p class="soft small">Numerical error of severity: about {quantity(value.courses[0].error_points, "points", 2)}.</p>
      )}
    </section>
  );
}

/** A number of a course; hours as a time after the first dose. */
function said(value: number | null, unit: string): string {
  return unit === "h" && value !== null ? time(value) : quantity(value, unit);
}

function spanned({ low, high, unit }: Figure): string {
  return unit === "h" && low !== null && high !== null ? `${time(low)} to ${time(high)}` : interval(low, high);
}
