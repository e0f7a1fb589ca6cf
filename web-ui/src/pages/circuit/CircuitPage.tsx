/** Ketamine in a patch of cortex, from rates to single spikes; and a drug at one synapse. */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { useMeta } from "../../api/meta";
import { useLatest } from "../../lib/latest";
import { usePageState } from "../../lib/route";
import { Exports } from "../../parts/exports";
import { ChoiceField, Fold, NumberField, TextField } from "../../parts/fields";
import { Page, TroubleNote, Waiting } from "../../parts/page";
import { CircuitCharts } from "./CircuitCharts";
import { askCircuit, askRaster, askSynapse, type CircuitState, FIELDS, questions } from "./state";
import { SynapseCharts } from "./SynapseCharts";

const HIGHEST_UM = 30;

/** The page. */
export function CircuitPage(): JSX.Element {
  const [state, change] = usePageState<CircuitState>(FIELDS);
  const { meta } = useMeta();
  const asked = useMemo(() => questions.here(state), [state]);
  const here = useLatest(asked, askCircuit);
  const over = useLatest(questions.over(state), askCircuit);
  const raster = useLatest(questions.raster(state), askRaster);
  const synapseAsked = questions.synapse(state);
  const synapse = useLatest(synapseAsked, askSynapse);
  return (
    <Page
      title="Synapse and circuit"
      lead="Ketamine blocks NMDA receptors, most of all on interneurons; the circuit that they hold in check then fires more. Drag its level and see rates, rhythm and single spikes."
      actions={<Exports name="euthymia-circuit" figures state={{ page: "circuit", asked }} />}
    >
      <div class="bench">
        <div class="controls">
          <NumberField
            label="Free ketamine at the receptors"
            unit="uM"
            value={state.level}
            low={0}
            high={100}
            step={0.01}
            onChange={(level) => change({ level })}
          />
          <LevelSlider level={state.level} onChange={(level) => change({ level })} />
          <p class="soft small">
            An infusion of 0.5 mg/kg reaches about 0.5 µM for some minutes; anaesthesia needs several times as much.
          </p>
          <ChoiceField
            label="Other drugs and changes"
            value=""
            options={[["", "add a change…"], ...(meta?.changes ?? []).map((each) => [each, each] as const)]}
            onChange={(chosen) => chosen && change({ change: [state.change, `${chosen} 0.7`].filter((each) => each !== "").join(", ") })}
          />
          <TextField label="Changes, as typed" value={state.change} placeholder="AMPA 0.7, NMDA SST 0.4" onChange={(given) => change({ change: given.trim() })} />
          <Fold title="Spiking network">
            <div class="pair">
              <NumberField label="Cells" value={state.cells} low={50} high={meta?.limits.raster_cells ?? 1000} step={50} onChange={(cells) => change({ cells: Math.round(cells) })} />
              <NumberField label="For" unit="ms" value={state.ms} low={50} high={meta?.limits.raster_ms ?? 1000} step={50} onChange={(ms) => change({ ms: Math.round(ms) })} />
              <NumberField label="Seed" value={state.seed} low={0} high={Number.MAX_SAFE_INTEGER} step={1} onChange={(seed) => change({ seed: Math.round(seed) })} />
            </div>
          </Fold>
        </div>
        <div class="stack">
          <TroubleNote trouble={here.trouble ?? over.trouble ?? raster.trouble} />
          {!here.value && !here.trouble && <Waiting what="Settling the circuit" />}
          <CircuitCharts level={state.level} here={here.value} over={over.value} raster={raster.value} busy={here.busy} />
        </div>
      </div>
      <section class="section" aria-labelledby="one-synapse">
        <h2 id="one-synapse">One synapse</h2>
        <div class="bench">
          <div class="controls">
            <ChoiceField label="Receptor" value={state.receptor} options={meta?.receptors ?? [state.receptor]} onChange={(receptor) => change({ receptor })} />
            <ChoiceField label="What the drug does" value={state.way} options={meta?.ways ?? [state.way]} onChange={(way) => change({ way })} />
            <NumberField label="Drug" unit="uM" value={state.dose} low={0} high={1000} step={0.01} log slider onChange={(dose) => change({ dose })} />
          </div>
          <div class="stack">
            <TroubleNote trouble={synapse.trouble} />
            {synapse.value && (
              <>
                <SynapseCharts answer={synapse.value} />
                <div><Exports name="euthymia-synapse" state={{ page: "synapse", asked: synapseAsked }} /></div>
              </>
            )}
          </div>
        </div>
      </section>
    </Page>
  );
}

/** From nothing to thirty: most of the way for the first two, where everything happens. */
function LevelSlider({ level, onChange }: { level: number; onChange: (level: number) => void }): JSX.Element {
  const place = Math.round(1000 * Math.cbrt(Math.min(level, HIGHEST_UM) / HIGHEST_UM));
  return (
    <input
      type="range"
      min={0}
      max={1000}
      value={place}
      aria-label="Free ketamine, slider"
      aria-valuetext={`${level} micromolar`}
      onInput={(event) => onChange(Number((HIGHEST_UM * (Number(event.currentTarget.value) / 1000) ** 3).toPrecision(3)))}
    />
  );
}
