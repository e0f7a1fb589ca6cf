/** A job, followed: its state, the replicates that arrive, its result when it is done. */

import { useEffect, useState } from "preact/hooks";
import { address, get, Trouble } from "../../api/client";
import type { Job, JobEvent } from "../../api/types";

const KINDS = ["queued", "started", "progress", "partial", "resumed", "done", "failed", "cancelled", "interrupted"] as const;
const ENDS = new Set(["done", "failed", "cancelled", "interrupted"]);

/** The replicates of an arm that arrived so far. */
export interface Arrived {
  readonly arm: string;
  readonly visit: string;
  readonly means: readonly (number | null)[];
}

export interface Followed {
  readonly job: Job | undefined;
  readonly done: number | null;
  readonly total: number | null;
  readonly arrived: readonly Arrived[];
  readonly result: unknown;
  readonly trouble: Trouble | undefined;
}

const NOTHING: Followed = { job: undefined, done: null, total: null, arrived: [], result: undefined, trouble: undefined };

/** Follow a job by its id until it ends; an empty id is no job. */
export function useJob(id: string): [Followed, (job: Job) => void] {
  const [seen, setSeen] = useState<Followed>(NOTHING);
  useEffect(() => {
    setSeen(NOTHING);
    if (id === "") return;
    let wanted = true;
    let stream: EventSource | undefined;
    const path = `/jobs/${encodeURIComponent(id)}`;
    const update = (given: Partial<Followed>): void => {
      if (wanted) setSeen((before) => ({ ...before, ...given }));
    };
    const ended = async (job: Job): Promise<void> => {
      update({ job });
      if (job.state === "done") update({ result: await get<unknown>(`${path}/result`) });
    };
    const failing = (error: unknown): void => update({ trouble: Trouble.from(error) });
    get<Job>(path).then((job) => {
      if (!wanted) return;
      if (ENDS.has(job.state)) return void ended(job).catch(failing);
      update({ job });
      stream = new EventSource(address(`${path}/events`));
      for (const kind of KINDS) {
        stream.addEventListener(kind, (message) => {
          const event = JSON.parse((message as MessageEvent<string>).data) as JobEvent;
          if (!wanted) return;
          setSeen((before) => withEvent(before, event));
          if (ENDS.has(event.kind)) {
            stream?.close();
            get<Job>(path).then(ended).catch(failing);
          }
        });
      }
    }, failing);
    return () => {
      wanted = false;
      stream?.close();
    };
  }, [id]);
  return [seen, (job) => setSeen((before) => ({ ...before, job }))];
}

/** What is seen after one more event. */
function withEvent(before: Followed, event: JobEvent): Followed {
  const job = before.job && {
    ...before.job,
    share: event.share ?? before.job.share,
    state: event.kind === "started" || event.kind === "progress" || event.kind === "partial" || event.kind === "resumed" ? ("running" as const) : before.job.state,
  };
  return {
    ...before,
    job,
    done: event.done ?? before.done,
    total: event.total ?? before.total,
    arrived: event.kind === "partial" ? arrivedWith(before.arrived, event) : before.arrived,
  };
}

function arrivedWith(before: readonly Arrived[], event: JobEvent): Arrived[] {
  const arms = new Map(before.map((each) => [each.arm, each]));
  for (const part of event.arms ?? []) {
    const name = part.phase ? `${part.arm} (${part.phase})` : part.arm;
    const means = [...(arms.get(name)?.means ?? [])];
    part.means.forEach((mean, i) => {
      means[(event.first ?? means.length) + i] = mean;
    });
    arms.set(name, { arm: name, visit: part.visit, means });
  }
  return [...arms.values()];
}
