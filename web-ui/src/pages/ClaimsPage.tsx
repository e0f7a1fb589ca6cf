/** What is claimed, what is known, what the model shows; lost claims first. */

import type { JSX } from "preact";
import { get } from "../api/client";
import { useOnce } from "../api/meta";
import type { Claim, Claims } from "../api/types";
import { count, interval, number, quantity } from "../lib/format";
import { usePageState } from "../lib/route";
import { choice, type Fields, text } from "../lib/url";
import { Exports, type Table } from "../parts/exports";
import { ChoiceField, TextField } from "../parts/fields";
import { Page, TroubleNote, Waiting } from "../parts/page";
import { SourceButton } from "../parts/source";
import { verdictTone } from "./verdict";

interface ClaimsState {
  q: string;
  verdict: string;
  role: string;
  open: string;
}

const VERDICTS = ["", "lost", "part", "undecided", "held"] as const;
const ROLES = ["", "structural", "calibrated", "held out"] as const;
const FIELDS: Fields<ClaimsState> = {
  q: text("", 80),
  verdict: choice<string>("", VERDICTS),
  role: choice<string>("", ROLES),
  open: text("", 40),
};
const any = (word: string): string => (word === "" ? "any" : word);

/** The page. */
export function ClaimsPage(): JSX.Element {
  const [state, change] = usePageState<ClaimsState>(FIELDS);
  const { meta: found, trouble } = useOnce(() => get<Claims>("/claims"));
  const wanted = state.q.toLowerCase();
  const shown = (found?.claims ?? []).filter(
    (each) =>
      (state.verdict === "" || each.verdict.toLowerCase() === state.verdict) &&
      (state.role === "" || each.role === state.role) &&
      (wanted === "" || `${each.id} ${each.says} ${each.known}`.toLowerCase().includes(wanted)),
  );
  return (
    <Page
      title="Claims"
      lead="The article’s sentences, split into claims that can be lost. Each is set beside the evidence and beside what the model shows; those that it lost come first."
      actions={<Exports name="euthymia-claims" table={() => tableOf(shown)} command={found?.standing.command || "euthymia claims"} />}
    >
      <TroubleNote trouble={trouble} />
      {!found && !trouble && <Waiting what="Reading the claims" />}
      {found && (
        <>
          <p>{found.score}</p>
          <p class="soft small">
            Made by <code>{found.standing.command}</code>, version {found.standing.version}
            {!found.standing.current && "; the evidence has changed since"}.
          </p>
          <div class="columns filters">
            <TextField label="Search" kind="search" value={state.q} atOnce onChange={(q) => change({ q })} />
            <ChoiceField label="Verdict" value={state.verdict} options={VERDICTS.map((each) => [each, any(each)] as const)} onChange={(verdict) => change({ verdict })} />
            <ChoiceField label="Role" value={state.role} options={ROLES.map((each) => [each, any(each)] as const)} onChange={(role) => change({ role })} />
          </div>
          <p class="soft small" role="status">{count(shown.length)} of {count(found.claims.length)} claims</p>
          <ul class="claims">
            {shown.map((each) => (
              <li key={each.id}>
                <details open={each.id === state.open} onToggle={(event) => event.currentTarget.open && change({ open: each.id })}>
                  <summary>
                    <span class={`tag ${verdictTone(each.verdict)}`}>{each.verdict}</span> <span>{each.says}</span> <span class="soft small">{each.role}</span>
                  </summary>
                  <Story claim={each} />
                </details>
              </li>
            ))}
          </ul>
        </>
      )}
    </Page>
  );
}

function Story({ claim }: { claim: Claim }): JSX.Element {
  return (
    <div class="stack story">
      <p><strong>The evidence says</strong> {claim.known} <span class="soft">({claim.support})</span></p>
      {claim.numbers.length > 0 ? (
        <div class="scroll" tabIndex={0} role="region" aria-label={`Numbers of ${claim.id}`}>
          <table>
            <caption>What the model shows</caption>
            <thead>
              <tr><th scope="col">What</th><th scope="col" class="number">Ours</th><th scope="col" class="number">It holds</th><th scope="col">Why these</th><th scope="col">Verdict</th></tr>
            </thead>
            <tbody>
              {claim.numbers.map((each) => (
                <tr key={each.what}>
                  <th scope="row">{each.what}</th>
                  <td class="number">
                    {quantity(each.value, each.unit)}
                    {each.interval && <span class="soft small"> ({interval(each.interval[0] ?? null, each.interval[1] ?? null)})</span>}
                  </td>
                  <td class="number">{span(each.holds)}</td>
                  <td class="small">{each.why}</td>
                  <td><span class={`tag ${verdictTone(each.verdict)}`}>{each.verdict}</span></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <p>No number of ours: {claim.why_not}</p>
      )}
      {claim.rows.length > 0 && (
        <ul class="plain-list small">
          {claim.rows.map((row) => (
            <li key={row.row}>
              {row.what}: {quantity(row.value, row.unit)}{row.low !== null && ` (${interval(row.low, row.high)})`}, {row.split}{" "}
              {row.source && <SourceButton what={row.row} word={row.row} asked={{ source: row.source }} />}
            </li>
          ))}
        </ul>
      )}
      {claim.sources.length > 0 && (
        <p class="small">
          Sources: {claim.sources.map((key) => <><SourceButton key={key} what={claim.id} word={key} asked={{ source: key }} />{" "}</>)}
        </p>
      )}
      <p class="small">It would be lost with: {claim.lost_if}.{claim.note && ` ${claim.note}`}</p>
      {claim.command && <pre tabIndex={0}>{claim.command}</pre>}
    </div>
  );
}

/** From where to where a number may lie for a claim to hold. */
function span([low, high]: readonly (number | null)[]): string {
  if (low == null && high == null) return "anywhere";
  if (low == null) return `at most ${number(high)}`;
  return high == null ? `at least ${number(low)}` : `${number(low)} to ${number(high)}`;
}

function tableOf(claims: readonly Claim[]): Table {
  return {
    columns: ["id", "says", "known", "role", "verdict", "what", "value", "unit", "holds from", "holds to"],
    rows: claims.flatMap((each) =>
      (each.numbers.length > 0 ? each.numbers : [undefined]).map((part) => [
        each.id, each.says, each.known, each.role, each.verdict, part?.what ?? "", part?.value ?? null, part?.unit ?? "", part?.holds[0] ?? null, part?.holds[1] ?? null,
      ]),
    ),
  };
}
