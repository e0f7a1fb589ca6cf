/** How the primary analysis behaves: power, bias, coverage, and the size for a power that was asked for. */

import type { JSX } from "preact";
import { Chart } from "../../chart/Chart";
import { count, interval, quantity } from "../../lib/format";

interface Share {
  value: number;
  se: number;
  low: number;
  high: number;
}

export interface PowerResult {
  title: string;
  analysis: string;
  visit: string;
  replicates: number;
  seed: number;
  alpha: number;
  operating: {
    arm: string;
    reference: string;
    power: Share;
    estimate: { value: number; se: number };
    bias: { value: number; se: number };
    coverage: Share;
    wrong_sign: Share;
  }[];
  sizes: { arm: string; target: number; reached: boolean; people: number | null; low: number | null; high: number | null; points: { people: number; power: Share }[] }[];
  notes: string[];
}

const PERCENT = 100;

/** The table and, where a size was sought, its curve. */
export function Power({ result }: { result: PowerResult }): JSX.Element {
  const share = (each: Share): JSX.Element => (
    <>
      {quantity(PERCENT * each.value, "%")} <span class="soft small">({interval(PERCENT * each.low, PERCENT * each.high)})</span>
    </>
  );
  return (
    <div class="stack" data-result="power">
      <div class="scroll" tabIndex={0} role="region" aria-label="Power">
        <table>
          <caption>
            {result.analysis}, {result.visit}, {count(result.replicates)} replicates, seed {result.seed}, two-sided level {result.alpha}; brackets hold 95 % of the Monte Carlo error
          </caption>
          <thead>
            <tr>
              <th scope="col">Comparison</th>
              <th scope="col" class="number">Power</th>
              <th scope="col" class="number">Estimate</th>
              <th scope="col" class="number">Bias</th>
              <th scope="col" class="number">Coverage</th>
              <th scope="col" class="number">Wrong sign</th>
            </tr>
          </thead>
          <tbody>
            {result.operating.map((each) => (
              <tr key={each.arm}>
                <th scope="row">{each.arm} − {each.reference}</th>
                <td class="number">{share(each.power)}</td>
                <td class="number">{quantity(each.estimate.value, "points")}</td>
                <td class="number">{quantity(each.bias.value, "points", 2)}</td>
                <td class="number">{share(each.coverage)}</td>
                <td class="number">{share(each.wrong_sign)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {result.sizes.map((size) => (
        <div key={size.arm}>
          <p>
            {size.reached
              ? `${size.arm}: ${quantity(PERCENT * size.target, "%")} power with about ${count(size.people)} people in all arms (${count(size.low)} to ${count(size.high)}).`
              : `${size.arm}: no size that was tried gives ${quantity(PERCENT * size.target, "%")} power.`}
          </p>
          {size.points.length > 1 && <SizeChart size={size} />}
        </div>
      ))}
      <ul class="plain-list small soft">{result.notes.map((note) => <li key={note}>{note}</li>)}</ul>
    </div>
  );
}

function SizeChart({ size }: { size: PowerResult["sizes"][number] }): JSX.Element {
  const points = [...size.points].sort((one, other) => one.people - other.people);
  const x = points.map((point) => point.people);
  return (
    <Chart
      title={`Power over size: ${size.arm}`}
      unit="%"
      along="linear"
      alongUnit="people in all arms"
      domain={[0, Math.max(...x) * 1.05]}
      include={[0, PERCENT]}
      lines={[
        {
          label: "power",
          tone: "a",
          x,
          y: points.map((point) => PERCENT * point.power.value),
          bands: [{ low: points.map((point) => PERCENT * point.power.low), high: points.map((point) => PERCENT * point.power.high) }],
        },
      ]}
    />
  );
}
