/** The same spikes at one synapse, without and with a drug. */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Synapse, Trace } from "../../api/types";
import { Chart } from "../../chart/Chart";
import { makeHover } from "../../chart/hover";
import { number, quantity } from "../../lib/format";
import { Reader } from "../../parts/reader";

const SHOWN: readonly (readonly [keyof Trace, string, string])[] = [
  ["transmitter", "Transmitter in the cleft", "mM"],
  ["open", "Open channels", "%"],
  ["current", "Current, inward positive", "mV leak"],
  ["V", "Potential of the next cell", "mV"],
];

/** Four charts and what they come to. */
export function SynapseCharts({ answer }: { answer: Synapse }): JSX.Element {
  const hover = useMemo(makeHover, []);
  const domain: [number, number] = [answer.t_ms[0] ?? 0, answer.t_ms[answer.t_ms.length - 1] ?? 1];
  const marks = answer.spikes_ms.map((x) => ({ x, tone: "soft" as const }));
  const scaled = (key: keyof Trace, trace: Trace): number[] => (key === "open" ? trace[key].map((each) => 100 * each) : trace[key]);
  return (
    <>
      <p>
        With the drug the potential peaks at <strong class="number">{number(answer.peak_ratio)}</strong> of what it does without, and its area is{" "}
        <strong class="number">{number(answer.area_ratio)}</strong>; the drug alone moves the resting potential by{" "}
        <strong class="number">{quantity(answer.shift, "mV")}</strong>.
      </p>
      <Reader hover={hover} domain={domain} say={(at) => quantity(at, "ms")} />
      <div class="charts">
        {SHOWN.map(([key, title, unit]) => (
          <Chart
            key={key}
            title={title}
            unit={unit}
            along="linear"
            alongUnit="ms"
            domain={domain}
            hover={hover}
            marks={marks}
            lines={[
              { label: "without", tone: "soft", x: answer.t_ms, y: scaled(key, answer.without) },
              { label: "with the drug", tone: "a", x: answer.t_ms, y: scaled(key, answer.drugged) },
            ]}
          />
        ))}
      </div>
    </>
  );
}
