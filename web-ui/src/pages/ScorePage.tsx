/** How well unseen published rows are foretold, beside two statistical rivals; misses first. */

import type { JSX } from "preact";
import { get } from "../api/client";
import { useOnce } from "../api/meta";
import type { Miss, Score } from "../api/types";
import { capital, count, fixed, interval, number, quantity, time } from "../lib/format";
import { usePageState } from "../lib/route";
import { choice, type Fields } from "../lib/url";
import { Exports } from "../parts/exports";
import { ChoiceField } from "../parts/fields";
import { Page, TroubleNote, Waiting } from "../parts/page";

interface ScoreState {
  trial: string;
  show: string;
}

const FIELDS: Fields<ScoreState> = {
  trial: { initial: "", write: (value) => value, read: (given) => given.slice(0, 60) },
  show: choice<string>("counted", ["counted", "all"]),
};

/** The page. */
export function ScorePage(): JSX.Element {
  const [state, change] = usePageState<ScoreState>(FIELDS);
  const { meta: found, trouble } = useOnce(() => get<Score>("/score"));
  const board = found?.board;
  const misses = (found?.misses ?? []).filter((each) => (state.trial === "" || each.trial === state.trial) && (state.show === "all" || each.counted));
  return (
    <Page
      title="Score board"
      lead="Trials that nothing was fitted to are predicted, and every published value is judged. What was missed comes first."
      actions={
        <Exports
          name="euthymia-score"
          command={found?.standing.command || "euthymia score"}
          table={() => ({
            columns: ["trial", "row", "arm", "measure", "t_h", "unit", "published", "predicted", "low", "high", "half-widths away", "counted"],
            rows: misses.map((each) => [each.trial, each.row_id, each.arm, each.measure, each.t_h, each.unit, each.value, each.mean, each.low, each.high, each.how_far, each.counted ? "yes" : "no"]),
          })}
        />
      }
    >
      <TroubleNote trouble={trouble} />
      {!found && !trouble && <Waiting what="Reading the board" />}
      {found && board && (
        <>
          <p class="soft small">
            Made by <code>{found.standing.command}</code>: {count(board.replicates)} replicates, seed {board.seed}
            {!found.standing.current && "; the evidence has changed since"}.{board.uncertainty && ` ${capital(board.uncertainty)}.`}
          </p>
          <div class="columns filters">
            <ChoiceField
              label="Trial"
              value={state.trial}
              options={[["", "all trials"], ...board.trials.map((each) => [each.trial, each.title.split(":")[0] ?? each.trial] as const)]}
              onChange={(trial) => change({ trial })}
            />
            <ChoiceField label="Rows" value={state.show} options={[["counted", "those that count"], ["all", "all that are judged"]]} onChange={(show) => change({ show })} />
          </div>
          <Misses misses={misses} />
          <Beside board={board} />
          <Tallies board={board} />
        </>
      )}
    </Page>
  );
}

function Misses({ misses }: { misses: readonly Miss[] }): JSX.Element {
  return (
    <section class="section scroll" tabIndex={0} role="region" aria-label="Misses">
      <h2>Missed</h2>
      <table>
        <caption>{count(misses.length)} published values outside our 90 % interval, the farthest first</caption>
        <thead>
          <tr>
            <th scope="col">Trial</th><th scope="col">What</th><th scope="col">When</th><th scope="col" class="number">Published</th><th scope="col" class="number">Ours</th><th scope="col">Where they lie</th>
          </tr>
        </thead>
        <tbody>
          {misses.map((each) => (
            <tr key={each.trial + each.row_id}>
              <th scope="row"><a href={`/trial?id=${encodeURIComponent(each.trial)}`}>{each.trial}</a> <span class="soft small">{each.row_id}</span></th>
              <td>{each.measure.replace(/_/g, " ")}, {each.arm}</td>
              <td>{each.t_h === null ? "" : time(each.t_h)}</td>
              <td class="number">{quantity(each.value, each.unit)}</td>
              <td class="number">{number(each.mean)} <span class="soft small">({interval(each.low, each.high)})</span></td>
              <td><Gap miss={each} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const WIDTH = 150;

/** Our interval as a bar, the published value as a dot. */
function Gap({ miss }: { miss: Miss }): JSX.Element {
  const low = Math.min(miss.low, miss.value);
  const span = Math.max(miss.high, miss.value) - low || 1;
  const x = (value: number): number => 6 + ((value - low) / span) * (WIDTH - 12);
  return (
    <svg width={WIDTH} height="18" role="img" aria-label={`${number(miss.how_far)} half-widths away`}>
      <line class="grid" x1="0" x2={WIDTH} y1="9" y2="9" />
      <line class="gap-interval" x1={x(miss.low)} x2={x(miss.high)} y1="9" y2="9" />
      <line class="axis" x1={x(miss.mean)} x2={x(miss.mean)} y1="4" y2="14" />
      <circle class="gap-published" cx={x(miss.value)} cy="9" r="4.5" />
    </svg>
  );
}

function Beside({ board }: { board: Score["board"] }): JSX.Element {
  return (
    <section class="section scroll" tabIndex={0} role="region" aria-label="Beside rivals">
      <h2>Beside statisticians who know no mechanism</h2>
      <table>
        <caption>Sum of log scores, mechanism minus rival: above 0 the mechanism foretold better</caption>
        <thead>
          <tr><th scope="col">Rival</th><th scope="col" class="number">Difference</th><th scope="col" class="number">Standard error</th><th scope="col" class="number">Rows</th><th scope="col">Verdict on the mechanism</th></tr>
        </thead>
        <tbody>
          {board.beside.map((each) => (
            <tr key={each.rival}>
              <th scope="row">{each.rival}</th>
              <td class="number">{fixed(each.total)}</td>
              <td class="number">{fixed(each.se)}</td>
              <td class="number">{count(each.rows)}</td>
              <td><span class={`tag ${{ better: "good", worse: "bad" }[each.verdict] ?? "unsure"}`}>{each.verdict}</span></td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Tallies({ board }: { board: Score["board"] }): JSX.Element {
  const rows = board.tallies.filter((each) => each.trial === "all");
  return (
    <section class="section scroll" tabIndex={0} role="region" aria-label="By kind of result">
      <h2>By kind of result</h2>
      <table>
        <caption>Counted rows of all trials; a 90 % interval should hold nine in ten</caption>
        <thead>
          <tr><th scope="col">Result</th><th scope="col">Who</th><th scope="col" class="number">Rows</th><th scope="col" class="number">Inside</th><th scope="col" class="number">Mean log score</th><th scope="col" class="number">Mean error</th></tr>
        </thead>
        <tbody>
          {rows.map((each) => (
            <tr key={each.endpoint + each.forecaster}>
              <th scope="row">{each.endpoint}</th>
              <td>{each.forecaster}</td>
              <td class="number">{count(each.rows)}</td>
              <td class="number">{count(each.inside)}{each.rows > 0 && ` (${Math.round((100 * each.inside) / each.rows)} %)`}</td>
              <td class="number">{fixed(each.log_score, 2)}</td>
              <td class="number">{fixed(each.signed_error, 1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
