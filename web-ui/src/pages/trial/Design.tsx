/** Which trial: a published one, one of one's own from a few fields, or a file. */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { get, post } from "../../api/client";
import { useOnce } from "../../api/meta";
import type { Trial, TrialRow, Verdict } from "../../api/types";
import { useLatest } from "../../lib/latest";
import { ChoiceField, NumberField, Segments, TextField } from "../../parts/fields";
import { TroubleNote } from "../../parts/page";
import { type Arm, armsOf, armsText, fileOf, type From, type TrialState } from "./state";

const WAYS: readonly (readonly [From, string])[] = [
  ["published", "Published"],
  ["own", "Build one"],
  ["file", "As a file"],
];

export interface DesignSeen {
  readonly trial: Trial | undefined;
  readonly wrong: string | undefined;
}

/** The design as the server understands it. */
export function useDesign(state: TrialState): DesignSeen {
  const asked = useMemo(
    () => (state.from === "published" ? { id: state.id } : { toml: state.from === "own" ? fileOf(state) : state.file }),
    [state.from, state.id, state.file, state.arms, state.weeks, state.baseline, state.spread, state.failures],
  );
  const { value, trouble } = useLatest(asked, async (question, signal): Promise<Verdict> => {
    if ("id" in question && question.id !== undefined) {
      return { ok: true, errors: [], trial: await get<Trial>(`/trials/${encodeURIComponent(question.id)}`, signal) };
    }
    return post<Verdict>("/trials/check", question, signal);
  });
  const wrong = trouble?.message ?? (value && !value.ok ? value.errors.map((each) => each.message).join(" ") : undefined);
  return { trial: trouble ? undefined : (value?.trial ?? undefined), wrong };
}

/** The controls. */
export function DesignFields(props: { state: TrialState; change: (given: Partial<TrialState>) => void; seen: DesignSeen }): JSX.Element {
  const { state, change, seen } = props;
  const { meta: listed, trouble } = useOnce(() => get<{ trials: TrialRow[] }>("/trials"));
  const word: Record<string, string> = { calibration: "fitted to", validation: "never fitted to", user: "example" };
  return (
    <div class="stack">
      <Segments
        label="Which trial"
        value={state.from}
        options={WAYS}
        onChange={(from) => change({ from, job: "", ...(from === "file" && state.file === "" && seen.trial ? { file: seen.trial.toml } : {}) })}
      />
      <TroubleNote trouble={trouble} />
      {state.from === "published" && (
        <>
          <ChoiceField
            label="Published trial"
            value={state.id}
            options={(listed?.trials ?? []).map((each) => [each.id, `${each.title.split(":")[0]} (${word[each.split] ?? each.split})`] as const)}
            onChange={(id) => change({ id, job: "" })}
          />
          {seen.trial && (
            <button type="button" onClick={() => change({ from: "file", file: seen.trial?.toml ?? "", job: "" })}>Change this design</button>
          )}
        </>
      )}
      {state.from === "own" && <OwnFields state={state} change={change} />}
      {state.from === "file" && (
        <TextField label="Trial file (TOML)" value={state.file} rows={16} onChange={(file) => change({ file, job: "" })} />
      )}
      {seen.wrong && state.from !== "published" && <p class="trouble small" role="status">{seen.wrong}</p>}
    </div>
  );
}

function OwnFields({ state, change }: { state: TrialState; change: (given: Partial<TrialState>) => void }): JSX.Element {
  const arms = armsOf(state.arms);
  const set = (next: Arm[]): void => change({ arms: armsText(next), job: "" });
  const put = (i: number, given: Partial<Arm>): void => set(arms.map((arm, n) => (n === i ? { ...arm, ...given } : arm)));
  return (
    <>
      <div class="pair">
        <NumberField label="Length" unit="weeks" value={state.weeks} low={1} high={26} step={1} onChange={(weeks) => change({ weeks: Math.round(weeks), job: "" })} />
        <NumberField label="Drugs that failed" value={state.failures} low={0} high={4} step={1} onChange={(failures) => change({ failures: Math.round(failures), job: "" })} />
        <NumberField label="MADRS at the start" unit="points" value={state.baseline} low={10} high={58} step={0.5} onChange={(baseline) => change({ baseline, job: "" })} />
        <NumberField label="Its SD" unit="points" value={state.spread} low={1} high={12} step={0.5} onChange={(spread) => change({ spread, job: "" })} />
      </div>
      {arms.map((arm, i) => (
        <fieldset key={i} class={`regimen tone-${["a", "b", "c", "d", "e"][i % 5]}`} aria-label={`Arm ${i + 1} of ${arms.length}`}>
          <div class="pair">
            <TextField label={i === arms.length - 1 ? "Reference arm" : `Arm ${i + 1}`} value={arm.name} onChange={(name) => put(i, { name: name || `arm ${i + 1}` })} />
            <NumberField label="People" value={arm.n} low={2} high={2000} step={1} onChange={(n) => put(i, { n: Math.round(n) })} />
          </div>
          <TextField label="Regimen" value={arm.regimen} rows={2} onChange={(regimen) => put(i, { regimen })} />
          {arms.length > 2 && (
            <p><button type="button" class="link small" onClick={() => set(arms.filter((_, n) => n !== i))}>Take this arm away</button></p>
          )}
        </fieldset>
      ))}
      {arms.length < 5 && (
        <button
          type="button"
          onClick={() => set([{ name: `arm ${arms.length + 1}`, n: 60, regimen: "esketamine 56 mg nasal twice weekly for 4 weeks" }, ...arms])}
        >
          Add an arm
        </button>
      )}
    </>
  );
}
