/** Who takes it: age, weight, how ill, what failed before, how drugs leave the body; and how many, with which seed. */

import type { JSX } from "preact";
import type { Meta } from "../../api/types";
import { ChoiceField, Fold, NumberField } from "../../parts/fields";
import type { DoseState } from "./state";

/** The fields. */
export function WhoFields({ state, meta, change }: { state: DoseState; meta: Meta | undefined; change: (given: Partial<DoseState>) => void }): JSX.Element {
  const people: readonly (readonly [string, string])[] = [["1", "a typical person"], ["100", "100 people"], ["500", "500 people"], ["2000", "2000 people"]];
  const listed = people.some(([count]) => Number(count) === state.people);
  return (
    <div class="stack">
      <div class="pair">
        <ChoiceField
          label="In whom"
          value={String(state.people)}
          options={listed ? people : [...people, [String(state.people), `${state.people} people`]]}
          onChange={(count) => change({ people: Number(count) })}
        />
        <NumberField label="For" unit="weeks" value={state.weeks} low={1} high={52} step={1} onChange={(weeks) => change({ weeks })} />
      </div>
      <Fold title="Who they are">
        <div class="pair">
          <NumberField label="Age" unit="years" value={state.age} low={18} high={90} step={1} onChange={(age) => change({ age })} />
          <NumberField label="Women" unit="%" value={state.women} low={0} high={100} step={1} onChange={(women) => change({ women })} />
          <NumberField
            label="Weight"
            unit="kg"
            value={state.weight}
            low={0}
            high={200}
            step={1}
            hint={state.weight < 35 ? "as the evidence has it" : ""}
            onChange={(weight) => change({ weight })}
          />
          <NumberField label="MADRS at the start" unit="points" value={state.MADRS} low={10} high={58} step={1} onChange={(MADRS) => change({ MADRS })} />
          <NumberField label="Drugs that failed" value={state.failed} low={0} high={4} step={1} onChange={(failed) => change({ failed: Math.round(failed) })} />
          <NumberField label="Seed" value={state.seed} low={0} high={Number.MAX_SAFE_INTEGER} step={1} onChange={(seed) => change({ seed: Math.round(seed) })} />
          <ChoiceField label="Kidneys" value={state.kidneys} options={meta?.kidneys ?? [state.kidneys]} onChange={(kidneys) => change({ kidneys })} />
          <ChoiceField label="Liver" value={state.liver} options={meta?.liver ?? [state.liver]} onChange={(liver) => change({ liver })} />
        </div>
        <ChoiceField
          label="How treatment is thought to work"
          value={state.account}
          options={meta?.mechanisms ?? [state.account]}
          onChange={(account) => change({ account })}
        />
      </Fold>
    </div>
  );
}
