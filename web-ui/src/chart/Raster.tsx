/** Spikes: a stroke for each, cell by cell, each population in its colour. */

import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import type { Tone } from "./series";
import { useWidth } from "./width";

interface Props {
  readonly title: string;
  readonly groups: readonly { readonly name: string; readonly label: string; readonly tone: Tone; readonly size: number; readonly rate: string }[];
  readonly times: readonly number[];
  readonly cells: readonly number[];
  readonly ms: number;
}

const HEIGHT = 280;
const MARGIN = { top: 4, right: 24, bottom: 28, left: 46 };

/** The figure; cells are numbered through the groups in their order. */
export function SpikeRaster({ title, groups, times, cells, ms }: Props): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box, 320);
  const inner = { width: width - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
  const total = groups.reduce((sum, group) => sum + group.size, 0) || 1;
  const stroke = inner.height / total;
  const paths = useMemo(() => {
    const made = groups.map(() => "");
    const ends = groups.map((_, i) => groups.slice(0, i + 1).reduce((sum, group) => sum + group.size, 0));
    times.forEach((at, i) => {
      const cell = cells[i]!;
      const group = ends.findIndex((end) => cell < end);
      const x = ((at / ms) * inner.width).toFixed(1);
      made[group] += `M${x} ${(cell * stroke).toFixed(1)}v${Math.max(2, stroke).toFixed(1)}`;
    });
    return made;
  }, [times, cells, groups, inner.width, stroke, ms]);
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => share * ms);
  const spoken = `${title}: ${times.length} spikes of ${total} cells in ${ms} ms. ${groups.map((group) => `${group.label}: ${group.rate}`).join(", ")}.`;
  let before = 0;
  return (
    <figure class="chart" data-title={title}>
      <figcaption><h3>{title}</h3></figcaption>
      <ul class="legend">
        {groups.map((group) => (
          <li key={group.label}>
            <svg class={`key tone-${group.tone}`} width="18" height="8" aria-hidden="true"><path class="line" d="M0 4H18" /></svg>
            <span class="soft">{group.label}</span> <output class="number">{group.rate}</output>
          </li>
        ))}
      </ul>
      <div class="plot" ref={box}>
        <svg role="img" aria-label={spoken} width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`}>
          <g transform={`translate(${MARGIN.left},${MARGIN.top})`}>
            {groups.map((group, i) => {
              const top = before * stroke;
              before += group.size;
              return (
                <g key={group.label} class={`tone-${group.tone}`}>
                  <path class="spikes" d={paths[i]} />
                  <text class="tick" x={-8} y={top + (group.size * stroke) / 2} dy="0.32em" text-anchor="end">{group.name}</text>
                  {i > 0 && <line class="grid" x2={inner.width} y1={top} y2={top} />}
                </g>
              );
            })}
            <line class="axis" y1={inner.height} y2={inner.height} x2={inner.width} />
            {ticks.map((at) => (
              <text key={at} class="tick" x={(at / ms) * inner.width} y={inner.height + 18} text-anchor="middle">{at === ms ? `${at} ms` : at}</text>
            ))}
          </g>
        </svg>
      </div>
    </figure>
  );
}
