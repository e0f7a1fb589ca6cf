/** What the circuit does at a level and over all levels: rates, rhythm, surge, spikes. */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Circuit, Populations, Raster } from "../../api/types";
import { Chart } from "../../chart/Chart";
import { makeHover } from "../../chart/hover";
import { SpikeRaster } from "../../chart/Raster";
import type { Line, Tone } from "../../chart/series";
import { number, quantity } from "../../lib/format";
import { SourceButton } from "../../parts/source";

const CELLS: readonly (readonly [keyof Populations, string, Tone])[] = [
  ["E", "Pyramidal (E)", "a"],
  ["PV", "PV", "b"],
  ["SST", "SST", "c"],
];
const RECORDS = ["pfc1", "nmda"];
const PERCENT = 100;
/** Below it lies so much power that nothing else would be seen. */
const LOWEST_HZ = 10;

interface Props {
  readonly level: number;
  readonly here: Circuit | undefined;
  readonly over: Circuit | undefined;
  readonly raster: Raster | undefined;
  readonly busy: boolean;
}

/** All charts. */
export function CircuitCharts({ level, here, over, raster, busy }: Props): JSX.Element {
  const levels = useMemo(makeHover, []);
  const frequencies = useMemo(makeHover, []);
  const grid = over?.levels.map((each) => each.ketamine) ?? [];
  const marks = level > 0 ? [{ x: level, tone: "soft" as const, word: "" }] : [];
  const at = here?.levels[here.levels.length - 1];
  const rates: Line[] = CELLS.map(([key, label, tone]) => ({ label, tone, x: grid, y: over?.levels.map((each) => each.rate[key]) ?? [] }));
  const domain: [number, number] = [grid[0] ?? 0.03, grid[grid.length - 1] ?? 30];
  const frequency = here?.spectrum?.frequency ?? [];
  const first = Math.max(0, frequency.findIndex((each) => each >= LOWEST_HZ));
  const spectra: Line[] = (here?.spectrum?.power ?? [])
    .flatMap((power, i): Line[] =>
      power === null ? [] : [{ label: i === 0 ? "without drug" : `at ${quantity(level, "uM")}`, tone: i === 0 ? "soft" : "a", dashed: i === 0, x: frequency.slice(first), y: power.slice(first) }],
    )
    .reverse();
  return (
    <div class="charts" data-busy={busy} data-level={at?.ketamine}>
      <h2 class="unseen">The circuit</h2>
      {at && (
        <div class="wide scroll" tabIndex={0} role="region" aria-label="The circuit at this level">
          <table>
            <caption>
              At {quantity(at.ketamine, "uM")}: gain {number(at.gain)}, gamma power {number(at.gamma)}, both over rest; surge of glutamate {quantity(PERCENT * at.surge, "%")};{" "}
              {at.stable ? "stable" : "unstable: a rhythm grows"}
            </caption>
            <thead>
              <tr>
                <th scope="col">Cells</th>
                <th scope="col" class="number">Blocked NMDA receptors</th>
                <th scope="col" class="number">Rate</th>
                <th scope="col" class="number">Change</th>
              </tr>
            </thead>
            <tbody>
              {CELLS.map(([key, label]) => (
                <tr key={key}>
                  <th scope="row">{label}</th>
                  <td class="number">{quantity(PERCENT * at.block[key], "%")}</td>
                  <td class="number">{quantity(at.rate[key], "Hz")}</td>
                  <td class="number">{quantity(PERCENT * at.change[key], "%")}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {raster && (
        <div class="wide">
          <SpikeRaster
            title="Spikes of the same circuit, cell by cell, the readier to fire the lower"
            groups={CELLS.map(([key, label, tone]) => ({ name: key, label, tone, size: raster.sizes[key], rate: quantity(raster.mean[key], "Hz") }))}
            times={raster.spike_ms}
            cells={raster.spike_cell}
            ms={raster.ms}
          />
        </div>
      )}
      {over && (
        <Chart title="Rates over the dose" unit="Hz" lines={rates} along="log" alongUnit="µM ketamine" domain={domain} include={[0]} marks={marks} hover={levels}
          source={<SourceButton what="the circuit" asked={{ title: "The circuit", records: RECORDS }} />} />
      )}
      {over && (
        <Chart title="Surge of glutamate" unit="%" along="log" alongUnit="µM ketamine" domain={domain} include={[0]} marks={marks} hover={levels}
          lines={[{ label: "over rest", tone: "a", x: over.curve.ketamine.filter((x) => x > 0), y: over.curve.surge.filter((_, i) => (over.curve.ketamine[i] ?? 0) > 0).map((y) => PERCENT * y) }]} />
      )}
      {over && (
        <Chart title="Gamma power over rest" unit="1" along="log" alongUnit="µM ketamine" domain={domain} include={[0, 1]} marks={marks} hover={levels}
          lines={[{ label: "30 to 90 Hz", tone: "d", x: grid, y: over.levels.map((each) => each.gamma) }]} />
      )}
      {spectra.length > 0 && (
        <Chart title="Spectrum of the field potential" unit="1" lines={spectra} along="linear" alongUnit="Hz" domain={[LOWEST_HZ, 120]} include={[0]} hover={frequencies}
          note="Over the largest power without drug, which lies below 10 Hz and is not shown." />
      )}
    </div>
  );
}
