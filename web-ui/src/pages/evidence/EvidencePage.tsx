/** Every number behind the simulator: what it means, who measured it, how surely; and the transmitters. */

import type { JSX } from "preact";
import { get } from "../../api/client";
import { useMeta } from "../../api/meta";
import type { EvidencePage as Found, Parameter } from "../../api/types";
import { count } from "../../lib/format";
import { useLatest } from "../../lib/latest";
import { usePageState } from "../../lib/route";
import { choice, type Fields, flag, text, whole } from "../../lib/url";
import { Exports } from "../../parts/exports";
import { ChoiceField, Segments, TextField, Tick } from "../../parts/fields";
import { Page, TroubleNote, Waiting } from "../../parts/page";
import { ParameterLine } from "../../parts/source";
import { Signals } from "./Signals";

type Shelf = "numbers" | "transmitters";

interface EvidenceState {
  shelf: Shelf;
  q: string;
  grade: string;
  assumed: boolean;
  page: number;
  family: string;
}

const FIELDS: Fields<EvidenceState> = {
  shelf: choice<Shelf>("numbers", ["numbers", "transmitters"]),
  q: text("", 80),
  grade: text("", 40),
  assumed: flag(false),
  page: whole(1, 1, 1000),
  family: text("", 60),
};
const SIZE = 40;

/** The page. */
export function EvidencePage(): JSX.Element {
  const [state, change] = usePageState<EvidenceState>(FIELDS);
  return (
    <Page
      title="Evidence"
      lead="Every number that the simulator uses: its value, its source, and how surely it is known. “Assumed” means that nobody measured or fitted it."
      actions={<Exports name="euthymia-evidence" command={`euthymia evidence ${state.assumed ? "--assumed " : ""}--json`} />}
    >
      <div class="actions filters">
        <Segments
          label="Which shelf"
          value={state.shelf}
          options={[["numbers", "Numbers"], ["transmitters", "Transmitters"]]}
          onChange={(shelf) => change({ shelf, page: 1, q: "" })}
        />
      </div>
      {state.shelf === "numbers" ? <Numbers state={state} change={change} /> : <Signals q={state.q} family={state.family} change={change} />}
    </Page>
  );
}

function Numbers({ state, change }: { state: EvidenceState; change: (given: Partial<EvidenceState>) => void }): JSX.Element {
  const { meta } = useMeta();
  const query = new URLSearchParams({ q: state.q, size: String(SIZE), page: String(state.page) });
  if (state.grade !== "") query.set("grade", state.grade);
  if (state.assumed) query.set("assumed", "true");
  const { value, trouble, busy } = useLatest(query.toString(), (asked, signal) => get<Found>(`/evidence?${asked}`, signal));
  return (
    <div class="bench">
      <div class="controls">
        <TextField label="Search names, meanings, sources" kind="search" value={state.q} atOnce onChange={(q) => change({ q, page: 1 })} />
        <ChoiceField
          label="Grade"
          value={state.grade}
          options={[["", "any"], ...(meta?.grades ?? []).map((each) => [each, each] as const)]}
          onChange={(grade) => change({ grade, page: 1 })}
        />
        <Tick label="Only what is assumed" value={state.assumed} onChange={(assumed) => change({ assumed, page: 1 })} />
        {value && (
          <table>
            <caption>How surely</caption>
            <tbody>
              {Object.entries(value.grades).map(([grade, held]) => (
                <tr key={grade}><th scope="row">{grade}</th><td class="number">{count(held)}</td></tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
      <div class="stack" data-busy={busy}>
        <TroubleNote trouble={trouble} />
        {!value && !trouble && <Waiting what="Looking through the records" />}
        {value && (
          <>
            <p class="soft small" role="status">{count(value.total)} numbers</p>
            <ul class="parameters">{value.parameters.map((each: Parameter) => <ParameterLine key={each.id} parameter={each} />)}</ul>
            {value.pages > 1 && (
              <nav class="actions" aria-label="Pages of numbers">
                <button type="button" disabled={state.page <= 1} onClick={() => change({ page: state.page - 1 })}>Before</button>
                <span class="soft small">page {value.page} of {value.pages}</span>
                <button type="button" disabled={state.page >= value.pages} onClick={() => change({ page: state.page + 1 })}>Next</button>
              </nav>
            )}
          </>
        )}
      </div>
    </div>
  );
}
