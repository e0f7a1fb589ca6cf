/** Replicates as they arrive: a dot for the mean of each arm in each conducted trial. */

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { Tone } from "../../chart/series";
import { useWidth } from "../../chart/width";
import { fixed } from "../../lib/format";
import type { Arrived } from "./useJob";

const TONES: readonly Tone[] = ["a", "b", "c", "d", "e"];
const STEPS = [1, 2, 5, 10];
const ROW = 34;
const MARGIN = { top: 6, bottom: 34, side: 12 };

/** The figure. */
export function Arriving({ arrived }: { arrived: readonly Arrived[] }): JSX.Element | null {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box, 400);
  const all = arrived.flatMap((each) => each.means.filter((mean): mean is number => mean !== null && mean !== undefined));
  if (all.length === 0) return <div class="soft" ref={box}>Replicates will be drawn here as they arrive.</div>;
  const low = Math.floor(Math.min(...all) - 1);
  const high = Math.ceil(Math.max(...all) + 1);
  const x = (value: number): number => MARGIN.side + ((value - low) / (high - low)) * (width - 2 * MARGIN.side);
  const height = MARGIN.top + ROW * arrived.length + MARGIN.bottom;
  const step = STEPS.find((each) => (high - low) / each <= Math.max(2, width / 60)) ?? 20;
  const first = Math.ceil(low / step) * step;
  const ticks = Array.from({ length: Math.floor((high - first) / step) + 1 }, (_, i) => first + i * step);
  const meanOf = (means: readonly (number | null)[]): number => {
    const known = means.filter((mean): mean is number => mean !== null && mean !== undefined);
    return known.reduce((sum, mean) => sum + mean, 0) / known.length;
  };
  const visits = new Set(arrived.map((each) => each.visit));
  const spoken = arrived.map((each) => `${each.arm}: ${each.means.length} replicates, mean ${fixed(meanOf(each.means))} points`).join(". ");
  return (
    <figure class="chart" data-title="Means of each replicate">
      <figcaption>
        <h3>Means of each replicate</h3>
        <span class="soft small">MADRS, points, {visits.size === 1 ? arrived[0]?.visit : "last visit of each phase"}</span>
      </figcaption>
      <ul class="legend">
        {arrived.map((each, i) => (
          <li key={each.arm}>
            <svg class={`key tone-${TONES[i % TONES.length]}`} width="12" height="8" aria-hidden="true"><circle class="dot" cx="6" cy="4" r="4" /></svg>
            <span class="soft">{each.arm}</span> <output class="number">{fixed(meanOf(each.means))}</output>
          </li>
        ))}
      </ul>
      <div class="plot" ref={box}>
        <svg role="img" aria-label={`Means of each replicate. ${spoken}.`} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
          {ticks.map((at) => (
            <g key={at} transform={`translate(${x(at)},0)`}>
              <line class="grid" y1={MARGIN.top} y2={height - MARGIN.bottom} />
              <text class="tick" y={height - MARGIN.bottom + 16} text-anchor="middle">{at}</text>
            </g>
          ))}
          {arrived.map((each, row) => (
            <g key={each.arm} class={`tone-${TONES[row % TONES.length]}`}>
              {each.means.map((mean, i) =>
                mean === null || mean === undefined ? null : (
                  <circle key={i} class="dot" opacity="0.55" r="3" cx={x(mean)} cy={MARGIN.top + ROW * (row + 0.5) + jitter(i) * ROW * 0.32} />
                ),
              )}
            </g>
          ))}
        </svg>
      </div>
    </figure>
  );
}

/** A place between -1 and 1 that is the same for the same replicate. */
function jitter(i: number): number {
  return 2 * ((i * 0.61803398875) % 1) - 1;
}
