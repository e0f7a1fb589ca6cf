/** A trial: its design, its conduct, what comes out of it, and what was published. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { address, post, Trouble } from "../../api/client";
import type { Job, TrialResult } from "../../api/types";
import { count, quantity } from "../../lib/format";
import { usePageState } from "../../lib/route";
import { Exports } from "../../parts/exports";
import { NumberField, Segments } from "../../parts/fields";
import { Page, TroubleNote } from "../../parts/page";
import { Arriving } from "./Arriving";
import { DesignFields, useDesign } from "./Design";
import { DesignShown } from "./DesignShown";
import { Power, type PowerResult } from "./Power";
import { Results } from "./Results";
import { FIELDS, jobOf, type Kind, type TrialState } from "./state";
import { type Followed, useJob } from "./useJob";

const KINDS: readonly (readonly [Kind, string])[] = [
  ["trial", "Conduct it"],
  ["power", "Its power"],
];

/** The page. */
export function TrialPage(): JSX.Element {
  const [state, change] = usePageState<TrialState>(FIELDS);
  const seen = useDesign(state);
  const [followed, setJob] = useJob(state.job);
  const [trouble, setTrouble] = useState<Trouble>();
  const acting = (work: () => Promise<void>) => () => {
    setTrouble(undefined);
    work().catch((error: unknown) => setTrouble(Trouble.from(error)));
  };
  const start = acting(async () => change({ job: (await post<Job>("/jobs", jobOf(state))).id }));
  const cancel = acting(async () => setJob(await post<Job>(`/jobs/${encodeURIComponent(state.job)}/cancel`, {})));
  const going = followed.job?.state === "queued" || followed.job?.state === "running";
  const result = followed.job?.kind === "trial" ? (followed.result as TrialResult | undefined) : undefined;
  return (
    <Page
      title="Conduct a trial"
      lead="Take a published design or build one, conduct it many times in simulated people, and see how often it would have found what it looks for."
      actions={<Exports name="euthymia-trial" figures state={{ page: "job", asked: jobOf(state) }} />}
    >
      <div class="bench">
        <div class="controls">
          <DesignFields state={state} change={change} seen={seen} />
          <Segments label="What is asked" value={state.kind} options={KINDS} onChange={(kind) => change({ kind, job: "" })} />
          <div class="pair">
            <NumberField label="Replicates" value={state.replicates} low={3} high={5000} step={10} onChange={(replicates) => change({ replicates: Math.round(replicates) })} />
            <NumberField label="Seed" value={state.seed} low={0} high={Number.MAX_SAFE_INTEGER} step={1} onChange={(seed) => change({ seed: Math.round(seed) })} />
          </div>
          {state.kind === "power" && (
            <NumberField label="Size for a power of" unit="%" value={state.target} low={0} high={99} step={5} hint="0: only the size as designed" onChange={(target) => change({ target })} />
          )}
          <button type="button" class="primary" disabled={going || seen.wrong !== undefined} onClick={start}>
            {state.kind === "trial" ? "Conduct" : "Find its power"}
          </button>
        </div>
        <div class="stack">
          <TroubleNote trouble={trouble ?? followed.trouble} />
          {state.job !== "" && <Progress followed={followed} onCancel={cancel} />}
          {going && <Arriving arrived={followed.arrived} />}
          {followed.result !== undefined && followed.job?.kind === "power" && <Power result={followed.result as PowerResult} />}
          {result && <Results result={result} />}
          {seen.trial && <DesignShown trial={seen.trial} said={result?.notes ?? []} />}
        </div>
      </div>
    </Page>
  );
}

function Progress({ followed, onCancel }: { followed: Followed; onCancel: () => void }): JSX.Element {
  const { job, done, total } = followed;
  if (!job) return <p class="soft" role="status">Asking for the job…</p>;
  const going = job.state === "queued" || job.state === "running";
  const words: Record<string, string> = {
    queued: job.ahead > 0 ? `Waiting behind ${job.ahead}` : "Waiting",
    running: job.cancelling ? "Stopping" : "Conducting",
    done: "Done",
    failed: "Failed",
    cancelled: "Cancelled",
    interrupted: "Interrupted",
  };
  return (
    <div class="card" data-job={job.state}>
      <p role="status">
        <strong>{words[job.state]}</strong> · {job.title}
        {going && done !== null && total !== null && ` · ${count(done)} of ${count(total)}`}
        {going && ` · ${quantity(100 * job.share, "%", 2)}`}
      </p>
      {going && <progress class="progress" max={1} value={job.share} aria-label="Share that is done" />}
      {job.error && <p class="trouble">{job.error.message}</p>}
      <p class="actions">
        {going && <button type="button" onClick={onCancel} disabled={job.cancelling}>Cancel</button>}
        {job.report && <a class="button" href={address(`/jobs/${encodeURIComponent(job.id)}/report`)} target="_blank" rel="noopener">Open the report</a>}
      </p>
    </div>
  );
}
