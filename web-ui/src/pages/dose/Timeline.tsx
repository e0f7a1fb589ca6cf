/** Doses on a line of days: dragged, added by a click, moved by arrow keys, taken away by Delete. */

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { doseDays, type Row } from "../../lib/regimen";

interface Props {
  readonly row: Row;
  readonly lastDay: number;
  readonly name: string;
  readonly onChange: (row: Row) => void;
}

const DAYS_A_WEEK = 7;

/** The line of one row: single doses, or a run with two ends. */
export function Timeline({ row, lastDay, name, onChange }: Props): JSX.Element {
  const line = useRef<HTMLDivElement>(null);
  const span = Math.max(1, lastDay - 1);
  const left = (day: number): string => `${(100 * (Math.min(day, lastDay) - 1)) / span}%`;
  const dayAt = (clientX: number): number => {
    const box = line.current?.getBoundingClientRect();
    if (!box || box.width === 0) return 1;
    return Math.min(lastDay, Math.max(1, 1 + Math.round(((clientX - box.left) / box.width) * span)));
  };
  const step = Math.max(1, Math.ceil(lastDay / 6 / DAYS_A_WEEK)) * DAYS_A_WEEK;
  const labels: number[] = [];
  for (let day = 1; day <= lastDay; day += step) labels.push(day);
  return (
    <div class="timeline" ref={line} role="group" aria-label={`Days on which ${name} is given`}>
      <div
        class="track"
        aria-hidden="true"
        onClick={(event) => row.rhythm === "days" && onChange({ ...row, days: merged(row.days, dayAt(event.clientX)) })}
      />
      {row.rhythm === "days" ? (
        row.days.map((day, i) => (
          <Handle
            key={i}
            label={`${name}, dose ${i + 1}`}
            day={day}
            last={lastDay}
            left={left(day)}
            dayAt={dayAt}
            onMove={(to) => !row.days.includes(to) && onChange({ ...row, days: row.days.map((each, n) => (n === i ? to : each)) })}
            onEnd={() => onChange({ ...row, days: [...row.days].sort((one, other) => one - other) })}
            onRemove={row.days.length > 1 ? () => onChange({ ...row, days: row.days.filter((_, n) => n !== i) }) : undefined}
          />
        ))
      ) : (
        <Run row={row} name={name} lastDay={lastDay} left={left} dayAt={dayAt} onChange={onChange} />
      )}
      {labels.map((day) => <span key={day} class="day" aria-hidden="true" style={{ left: left(day) }}>{day}</span>)}
    </div>
  );
}

function Run(props: Props & { left: (day: number) => string; dayAt: (x: number) => number }): JSX.Element {
  const { row, name, lastDay, left, dayAt, onChange } = props;
  const first = row.days[0] ?? 1;
  const end = first + Math.round(DAYS_A_WEEK * row.weeks) - 1;
  const lasting = (from: number, to: number): Row => ({ ...row, days: [from], weeks: Math.max(1, to - from + 1) / DAYS_A_WEEK });
  return (
    <>
      {doseDays(row, lastDay).length > 0 && (
        <div class="run" style={{ left: left(first), width: `calc(${left(end)} - ${left(first)})` }} />
      )}
      <Handle label={`${name}, first day`} day={first} last={lastDay} left={left(first)} dayAt={dayAt} onMove={(to) => to < end && onChange(lasting(to, end))} />
      <Handle label={`${name}, last day`} day={end} last={Math.max(end, lastDay)} left={left(end)} dayAt={dayAt} onMove={(to) => to > first && onChange(lasting(first, to))} />
    </>
  );
}

function Handle(props: {
  label: string;
  day: number;
  last: number;
  left: string;
  dayAt: (clientX: number) => number;
  onMove: (day: number) => void;
  onEnd?: () => void;
  onRemove?: (() => void) | undefined;
}): JSX.Element {
  const { day, last, onMove } = props;
  const moves: Record<string, number> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -DAYS_A_WEEK, PageUp: DAYS_A_WEEK };
  return (
    <button
      type="button"
      class="dose"
      role="slider"
      aria-label={props.label}
      aria-valuemin={1}
      aria-valuemax={last}
      aria-valuenow={day}
      aria-valuetext={`day ${day}`}
      title={`day ${day}${props.onRemove ? "; Delete takes it away" : ""}`}
      style={{ left: props.left }}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        const to = props.dayAt(event.clientX);
        if (to !== day) onMove(to);
      }}
      onPointerUp={() => props.onEnd?.()}
      onDblClick={() => props.onRemove?.()}
      onKeyDown={(event) => {
        const by = moves[event.key];
        if (by !== undefined) {
          event.preventDefault();
          onMove(Math.min(last, Math.max(1, day + by)));
        } else if ((event.key === "Delete" || event.key === "Backspace") && props.onRemove) {
          event.preventDefault();
          props.onRemove();
        }
      }}
    />
  );
}

function merged(days: readonly number[], day: number): number[] {
  return [...new Set([...days, day])].sort((one, other) => one - other);
}
