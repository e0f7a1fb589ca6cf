/** A design as it was understood: its facts in words, who gets what in each phase, and what was published of it. */

import type { JSX } from "preact";
import type { Phase, PhaseArm, Trial } from "../../api/types";
import { count, quantity } from "../../lib/format";
import { SourceButton } from "../../parts/source";

/** All of it but the notes that were said already. */
export function DesignShown({ trial, said }: { trial: Trial; said: readonly string[] }): JSX.Element {
  const notes = trial.notes.filter((note) => !said.includes(note));
  return (
    <section aria-labelledby="the-design">
      <h2 id="the-design">{trial.title}</h2>
      <p class="soft small">{[trial.citation, trial.registry].filter((each) => each !== "" && each !== "none").join(" · ")}</p>
      <div class="scroll" tabIndex={0} role="region" aria-label="The design in words">
        <table>
          <caption class="unseen">The design in words</caption>
          <tbody>
            {trial.facts.map((fact, i) => (
              <tr key={`${fact.label}${i}`}>
                <th scope="row">{fact.label}</th>
                <td>{fact.text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Arms phases={trial.design.phases} />
      {notes.length > 0 && <ul class="plain-list small soft">{notes.map((note) => <li key={note}>{note}</li>)}</ul>}
      {trial.published.length > 0 && (
        <details class="fold">
          <summary>Published results ({trial.published.length})</summary>
          <div class="scroll" tabIndex={0} role="region" aria-label="Published results">
            <table>
              <caption class="unseen">Published results</caption>
              <thead>
                <tr><th scope="col">Measure</th><th scope="col">Arm</th><th scope="col" class="number">Value</th><th scope="col">Source</th></tr>
              </thead>
              <tbody>
                {trial.published.map((row) => (
                  <tr key={row.row_id}>
                    <td>{row.measure.replace(/_/g, " ")}{row.definition && <span class="soft small"> · {row.definition}</span>}</td>
                    <td>{row.arm}</td>
                    <td class="number">{quantity(row.value, row.unit)}</td>
                    <td>{row.source && <SourceButton what={`row ${row.row_id}`} word={row.source} asked={{ source: row.source }} />}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      )}
    </section>
  );
}

function Arms({ phases }: { phases: readonly Phase[] }): JSX.Element {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Arms">
      <table>
        <caption>Who gets what</caption>
        <thead>
          <tr>
            {phases.length > 1 && <th scope="col">Phase</th>}
            <th scope="col">Arm</th><th scope="col" class="number">People</th><th scope="col">Regimen</th>
          </tr>
        </thead>
        <tbody>
          {phases.flatMap((phase) =>
            phase.arms.map((arm) => (
              <tr key={phase.name + arm.name}>
                {phases.length > 1 && <td>{phase.name}</td>}
                <th scope="row">{arm.name}{arm.reference && <span class="soft small"> · reference</span>}</th>
                <td class="number">{people(arm)}</td>
                <td>{arm.regimen ?? "as before"}{arm.titration && <span class="soft small"> · dose is adjusted</span>}</td>
              </tr>
            )),
          )}
        </tbody>
      </table>
    </div>
  );
}

/** How many, or from which arm of the phase before. */
function people(arm: PhaseArm): string {
  if (arm.n != null) return count(arm.n);
  return arm.entry?.from_arm ? `from ${arm.entry.from_arm}` : "–";
}
