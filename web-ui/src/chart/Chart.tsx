/** A chart: lines, bands, points and marks over one axis, read by pointer, by finger, by a slider elsewhere, or as a table. */

import { area, curveLinear, line as lineOf } from "d3-shape";
import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { quantity, time as timeText, unitName } from "../lib/format";
import { type Along, scaleOf, ticksOf, timeUnit } from "./axis";
import { type Hover, useHover } from "./hover";
import { extent, type Line, type Mark, peak, type Point, valueAt } from "./series";
import { useWidth } from "./width";

export interface ChartProps {
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly Line[];
  readonly points?: readonly Point[];
  readonly marks?: readonly Mark[];
  readonly along?: Along;
  readonly alongUnit?: string;
  readonly domain: readonly [number, number];
  /** Values that the vertical axis must show whatever is drawn. */
  readonly include?: readonly number[];
  readonly height?: number;
  readonly hover?: Hover;
  /** What the legend says while nothing is pointed at. */
  readonly atRest?: "largest" | "lowest" | "last";
  /** Beside the title: where the numbers come from. */
  readonly source?: JSX.Element;
  readonly note?: string;
}

const MARGIN = { top: 8, right: 18, bottom: 34, left: 46 };

/** A figure with its title, what is read, and the drawing. */
export function Chart(props: ChartProps): JSX.Element {
  const { title, unit, lines, points = [], marks = [], along = "time", domain, include = [], height = 190, hover } = props;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box, 320);
  const inner = { width: Math.max(60, width - MARGIN.left - MARGIN.right), height: height - MARGIN.top - MARGIN.bottom };
  const drawn = useMemo(() => {
    const x = scaleOf(along, domain, [0, inner.width]);
    const [low, high] = extent(lines, points, domain[0], domain[1]);
    const bottom = Math.min(low, ...include);
    const top = Math.max(high, ...include);
    const room = (top - bottom || Math.abs(top) || 1) * 0.06;
    const padded: [number, number] = [bottom === 0 ? 0 : bottom - room, top + room];
    const y = scaleOf("linear", padded, [inner.height, 0]);
    return {
      x,
      y,
      xTicks: ticksOf(along, x, domain, inner.width, 56),
      yTicks: ticksOf("linear", y, padded, inner.height, 38),
    };
  }, [lines, points, along, domain[0], domain[1], inner.width, inner.height, include.join()]);
  const { x, y } = drawn;
  const summary = useMemo(() => spoken(title, unit, lines, along), [title, unit, lines, along]);
  const clip = `clip-${title.replace(/\W+/g, "-")}`;

  const point = (event: PointerEvent): void => {
    if (!hover) return;
    const left = (event.currentTarget as SVGElement).getBoundingClientRect().left;
    const at = x.invert(event.clientX - left - MARGIN.left);
    hover.set(Math.min(domain[1], Math.max(domain[0], at)));
  };

  return (
    <figure class="chart" data-title={title}>
      <figcaption>
        <h3>{title}</h3>
        {unitName(unit) !== "" && <span class="soft small">{unitName(unit)}</span>}
        {props.source}
      </figcaption>
      <Legend {...props} />
      <div class="plot" ref={box}>
        <svg
          role="img"
          aria-label={summary}
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          onPointerMove={point}
          onPointerDown={point}
          onPointerLeave={() => hover?.set(null)}
        >
          <clipPath id={clip}>
            <rect x={0} y={-MARGIN.top} width={inner.width + 1} height={inner.height + MARGIN.top + 1} />
          </clipPath>
          <g transform={`translate(${MARGIN.left},${MARGIN.top})`}>
            {drawn.yTicks.map((tick) => (
              <g key={tick.at} transform={`translate(0,${y(tick.at)})`}>
                <line class="grid" x2={inner.width} />
                <text class="tick" x={-8} dy="0.32em" text-anchor="end">{tick.word}</text>
              </g>
            ))}
            {drawn.xTicks.map((tick) => (
              <g key={tick.at} transform={`translate(${x(tick.at)},${inner.height})`}>
                <line class="axis" y2={4} />
                <text class="tick" y={16} text-anchor="middle">{tick.word}</text>
              </g>
            ))}
            <line class="axis" y1={inner.height} y2={inner.height} x2={inner.width} />
            <text class="tick" x={inner.width} y={inner.height + 28} text-anchor="end">
              {along === "time" ? timeUnit(domain) : props.alongUnit}
            </text>
            {marks.filter((mark) => mark.x >= domain[0] && mark.x <= domain[1]).map((mark, i) => (
              <g key={i} class={`mark tone-${mark.tone}`} transform={`translate(${x(mark.x)},0)`}>
                <line y1={mark.word ? 0 : inner.height - 5} y2={inner.height} />
                {mark.word && <text class="tick" x={4} y={8}>{mark.word}</text>}
              </g>
            ))}
            <g clip-path={`url(#${clip})`}>
              {lines.map((line) => <Curve key={line.label} line={line} x={x} y={y} />)}
              {points.map((each, i) => (
                <g key={i} class={`point tone-${each.tone}`}>
                  {each.low != null && each.high != null && <line x1={x(each.x)} x2={x(each.x)} y1={y(each.low)} y2={y(each.high)} />}
                  <circle cx={x(each.x)} cy={y(each.y)} r={3.5}><title>{`${each.label}: ${quantity(each.y, unit)}`}</title></circle>
                </g>
              ))}
            </g>
            <Crosshair lines={lines} hover={hover} x={x} y={y} height={inner.height} domain={domain} />
          </g>
        </svg>
      </div>
      {props.note && <p class="soft small">{props.note}</p>}
    </figure>
  );
}

function Curve({ line, x, y }: { line: Line; x: (v: number) => number; y: (v: number) => number }): JSX.Element {
  const path = lineOf<number>()
    .defined((i) => line.y[i] !== null && line.y[i] !== undefined)
    .x((i) => x(line.x[i]!))
    .y((i) => y(line.y[i]!))
    .curve(curveLinear);
  const places = line.x.map((_, i) => i);
  return (
    <g class={`curve tone-${line.tone}`}>
      {line.bands?.map((band, n) => {
        const shape = area<number>()
          .defined((i) => band.low[i] != null && band.high[i] != null)
          .x((i) => x(line.x[i]!))
          .y0((i) => y(band.low[i]!))
          .y1((i) => y(band.high[i]!));
        return <path key={n} class="band" d={shape(places) ?? ""} />;
      })}
      <path class={`line${line.dashed ? " dashed" : ""}${line.thin ? " thin" : ""}`} d={path(places) ?? ""} />
    </g>
  );
}

function Crosshair(props: {
  lines: readonly Line[];
  hover: Hover | undefined;
  x: (v: number) => number;
  y: (v: number) => number;
  height: number;
  domain: readonly [number, number];
}): JSX.Element | null {
  const at = useHover(props.hover);
  if (at === null || at < props.domain[0] || at > props.domain[1]) return null;
  return (
    <g class="crosshair" aria-hidden="true">
      <line x1={props.x(at)} x2={props.x(at)} y2={props.height} />
      {props.lines.map((line) => {
        const value = valueAt(line.x, line.y, at);
        return value === null || line.thin ? null : (
          <circle key={line.label} class={`tone-${line.tone}`} cx={props.x(at)} cy={props.y(value)} r={3.5} />
        );
      })}
    </g>
  );
}

function Legend({ lines, unit, hover, atRest = "largest", along = "time" }: ChartProps): JSX.Element {
  const at = useHover(hover);
  return (
    <ul class="legend">
      {lines.filter((line) => !line.thin).map((line) => (
        <li key={line.label}>
          <svg class={`key tone-${line.tone}`} width="18" height="8" aria-hidden="true">
            <path class={line.dashed ? "line dashed" : "line"} d="M0 4H18" />
          </svg>
          <span class="soft">{line.label}</span>
          <output class="number">{reading(line, unit, at, atRest, along)}</output>
        </li>
      ))}
    </ul>
  );
}

function reading(line: Line, unit: string, at: number | null, atRest: string, along: Along): string {
  if (at !== null) return quantity(valueAt(line.x, line.y, at), unit);
  if (atRest === "last") return `${quantity(line.y[line.y.length - 1] ?? null, unit)} at the end`;
  const found = peak(line, atRest === "lowest" ? -1 : 1);
  if (!found) return "–";
  const where = along === "time" ? ` at ${timeText(found.x)}` : "";
  return `${atRest === "lowest" ? "lowest" : "largest"} ${quantity(found.y, unit)}${found.y === 0 ? "" : where}`;
}

/** What a chart shows, in words for those who do not see it. */
function spoken(title: string, unit: string, lines: readonly Line[], along: Along): string {
  const said = lines.filter((line) => !line.thin).map((line) => {
    const high = peak(line);
    const low = peak(line, -1);
    if (!high || !low) return `${line.label}: nothing to show`;
    const where = (x: number): string => (along === "time" ? ` at ${timeText(x)}` : ` at ${x.toPrecision(3)}`);
    return `${line.label}: lowest ${quantity(low.y, unit)}${where(low.x)}, largest ${quantity(high.y, unit)}${where(high.x)}, last ${quantity(line.y[line.y.length - 1] ?? null, unit)}`;
  });
  return `${title}. ${said.join(". ")}.`;
}
