/** What a conducted trial says, with published values beside ours; misses first. */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { TrialResult } from "../../api/types";
import { Chart } from "../../chart/Chart";
import { makeHover } from "../../chart/hover";
import type { Line, Tone } from "../../chart/series";
import { count, interval, number, quantity, spaced, time } from "../../lib/format";
import { SourceButton } from "../../parts/source";
import { Reader } from "../../parts/reader";

const TONES: readonly Tone[] = ["a", "b", "c", "d", "e"];

/** Curves, contrasts, comparisons. */
export function Results({ result }: { result: TrialResult }): JSX.Element {
  const hover = useMemo(makeHover, []);
  const lines = useMemo(
    () =>
      result.bands.slice(0, TONES.length).map((band, i): Line => ({
        label: band.arm,
        tone: TONES[i % TONES.length] ?? "a",
        x: band.t,
        y: band.mean,
        bands: [{ low: band.low, high: band.high }],
        dashed: i > 0,
      })),
    [result],
  );
  const end = Math.max(1, ...result.bands.map((band) => band.t[band.t.length - 1] ?? 0));
  return (
    <div class="stack" data-result={result.trial}>
      <p>
        Conducted {count(result.replicates)} times with {count(result.subjects)} people each, seed {result.seed}. Brackets hold nine in ten trials of this size.
      </p>
      <Reader hover={hover} domain={[0, end]} />
      <div class="hero">
        <Chart title="MADRS by arm" unit="points" lines={lines} domain={[0, end]} include={[0]} height={300} hover={hover} atRest="last" />
      </div>
      <Contrasts result={result} />
      <Comparisons result={result} />
      {result.notes.length > 0 && (
        <section>
          <h2>What a reader must know</h2>
          <ul class="plain-list small soft">{result.notes.map((note) => <li key={note}>{note}</li>)}</ul>
        </section>
      )}
    </div>
  );
}

function Contrasts({ result }: { result: TrialResult }): JSX.Element | null {
  const shown = result.contrasts.filter((each) => each.primary);
  const rows = shown.length > 0 ? shown : result.contrasts.slice(-3);
  if (rows.length === 0) return null;
  return (
    <section class="scroll" tabIndex={0} role="region" aria-label="Primary analysis">
      <h2>Primary analysis</h2>
      <table>
        <caption>{rows[0]?.estimator}; a negative difference favours the arm. Significant: two-sided p below 0.05.</caption>
        <thead>
          <tr>
            <th scope="col">Comparison</th>
            <th scope="col">When</th>
            <th scope="col" class="number">Difference</th>
            <th scope="col" class="number">Trials significant</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((each) => (
            <tr key={`${each.phase}${each.arm}${each.visit}${each.estimand}`} title={each.estimand}>
              <th scope="row">{each.arm} − {each.reference}</th>
              <td>{each.visit}</td>
              <td class="number">{quantity(each.difference.mean, "points")} <span class="soft small">({interval(each.difference.low, each.difference.high)})</span></td>
              <td class="number">{quantity(100 * each.significant, "%")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Comparisons({ result }: { result: TrialResult }): JSX.Element {
  const rows = useMemo(() => {
    const order = (inside: boolean | null): number => (inside === false ? 0 : inside === true ? 1 : 2);
    return [...result.comparisons].sort((one, other) => order(one.inside) - order(other.inside));
  }, [result]);
  if (rows.length === 0) return <p class="soft">Nothing was published of this design, so there is nothing to set beside.</p>;
  const judged = rows.filter((row) => row.inside !== null);
  return (
    <section class="scroll" tabIndex={0} role="region" aria-label="Beside what was published">
      <h2>Beside what was published</h2>
      <table>
        <caption>
          {judged.filter((row) => row.inside).length} of {judged.length} published values lie in our interval; those that do not come first.
        </caption>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Arm</th>
            <th scope="col">When</th>
            <th scope="col" class="number">Published</th>
            <th scope="col" class="number">Ours</th>
            <th scope="col">Verdict</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.row_id}>
              <th scope="row">{row.measure.replace(/_/g, " ")} {row.source && <SourceButton what={`row ${row.row_id}`} word={row.row_id} asked={{ source: row.source }} />}</th>
              <td>{row.arm}</td>
              <td class="whole">{row.t === null ? "" : row.t === 0 ? "start" : time(row.t)}</td>
              <td class="number">{number(row.value)}{spaced(row.unit)}</td>
              <td class="number">
                {row.predicted ? number(row.predicted.mean) : "–"}
                {row.predicted && <span class="soft small"> ({interval(row.predicted.low, row.predicted.high)})</span>}
              </td>
              <td>
                {row.inside === null ? <span class="soft small">{row.why_not}</span> : <span class={`tag ${row.inside ? "good" : "bad"}`}>{row.inside ? "inside" : "outside"}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
