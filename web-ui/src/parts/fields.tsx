/** Labelled controls: a number to drag or type, a choice, a text, a switch. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
import { number, unitName } from "../lib/format";

interface NumberProps {
  readonly label: string;
  readonly unit?: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly step: number;
  readonly onChange: (value: number) => void;
  /** Whether the slider moves by factors. */
  readonly log?: boolean;
  readonly slider?: boolean;
  readonly hint?: string;
}

const LOG_STEPS = 400;

/** A number with its unit, to type and, where it is wanted, to drag. */
export function NumberField(props: NumberProps): JSX.Element {
  const { label, unit = "1", value, low, high, step, onChange, log = false, slider = false, hint } = props;
  const id = useId();
  const [typed, setTyped] = useState(String(value));
  useEffect(() => {
    if (Number(typed) !== value) setTyped(String(value));
  }, [value]);
  const given = Number(typed);
  const wrong = typed.trim() === "" || !Number.isFinite(given) || given < low || given > high;
  const places = log ? { min: 0, max: LOG_STEPS, step: 1 } : { min: low, max: high, step };
  const floor = Math.max(low, high / 1e5);
  const place = log ? Math.round((LOG_STEPS * Math.log(Math.max(value, floor) / floor)) / Math.log(high / floor)) : value;
  const shown = unitName(unit);
  return (
    <div class="field">
      <label for={id}>
        {label}
        {shown !== "" && <span class="soft"> {shown}</span>}
      </label>
      <div class={slider ? "dragged" : undefined}>
        {slider && (
          <input
            type="range"
            aria-label={`${label}${shown && `, ${shown}`}, slider`}
            aria-valuetext={`${number(value)} ${shown}`}
            {...places}
            value={place}
            onInput={(event) => {
              const at = Number(event.currentTarget.value);
              onChange(log ? Number((floor * (high / floor) ** (at / LOG_STEPS)).toPrecision(3)) : at);
            }}
          />
        )}
        <input
          id={id}
          type="number"
          inputMode="decimal"
          min={low}
          max={high}
          step="any"
          value={typed}
          aria-invalid={wrong}
          aria-describedby={wrong ? `${id}-wrong` : undefined}
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            const next = Number(event.currentTarget.value);
            if (event.currentTarget.value.trim() !== "" && Number.isFinite(next) && next >= low && next <= high) onChange(next);
          }}
          onBlur={() => wrong && setTyped(String(value))}
        />
      </div>
      {hint && <p class="soft small">{hint}</p>}
      {wrong && <p id={`${id}-wrong`} class="trouble small">{`from ${number(low)} to ${number(high)} ${shown}`}</p>}
    </div>
  );
}

/** One of a few. */
export function ChoiceField<T extends string>(props: {
  label: string;
  value: T;
  options: readonly (T | readonly [T, string])[];
  onChange: (value: T) => void;
  hidden?: boolean;
}): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label for={id} class={props.hidden ? "unseen" : undefined}>{props.label}</label>
      <select id={id} value={props.value} onChange={(event) => props.onChange(event.currentTarget.value as T)}>
        {props.options.map((option) => {
          const [value, word] = typeof option === "string" ? [option, option] : option;
          return <option key={value} value={value} selected={value === props.value}>{word}</option>;
        })}
      </select>
    </div>
  );
}

/** A text that is taken when it is finished: on Enter, or when the field is left. */
export function TextField(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  rows?: number;
  wrong?: string | undefined;
  kind?: "text" | "search";
  atOnce?: boolean;
}): JSX.Element {
  const id = useId();
  const [typed, setTyped] = useState(props.value);
  useEffect(() => setTyped(props.value), [props.value]);
  const take = (value: string): void => {
    if (value !== props.value) props.onChange(value);
  };
  const shared = {
    id,
    value: typed,
    placeholder: props.placeholder,
    spellcheck: false,
    "aria-invalid": props.wrong !== undefined,
    "aria-describedby": props.wrong ? `${id}-wrong` : undefined,
    onInput: (event: { currentTarget: HTMLInputElement | HTMLTextAreaElement }) => {
      setTyped(event.currentTarget.value);
      if (props.atOnce) take(event.currentTarget.value);
    },
    onBlur: () => take(typed),
  };
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      {props.rows ? (
        <textarea
          {...shared}
          rows={props.rows}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || props.rows! > 4) return;
            event.preventDefault();
            take(typed);
          }}
        />
      ) : (
        <input {...shared} list={undefined} type={props.kind ?? "text"} onKeyDown={(event) => event.key === "Enter" && take(typed)} />
      )}
      {props.wrong && <p id={`${id}-wrong`} class="trouble small">{props.wrong}</p>}
    </div>
  );
}

/** A switch. */
export function Tick(props: { label: string; value: boolean; onChange: (value: boolean) => void }): JSX.Element {
  return (
    <label class="tickbox">
      <input type="checkbox" checked={props.value} onChange={(event) => props.onChange(event.currentTarget.checked)} />
      {props.label}
    </label>
  );
}

/** A few choices side by side, one of them pressed. */
export function Segments<T extends string>(props: {
  label: string;
  value: T;
  options: readonly (readonly [T, string])[];
  onChange: (value: T) => void;
}): JSX.Element {
  return (
    <div class="segments" role="group" aria-label={props.label}>
      {props.options.map(([value, word]) => (
        <button key={value} type="button" aria-pressed={value === props.value} onClick={() => props.onChange(value)}>
          {word}
        </button>
      ))}
    </div>
  );
}

/** A part of the controls that can be folded away. */
export function Fold(props: { title: string; open?: boolean; children: ComponentChildren }): JSX.Element {
  return (
    <details class="fold" open={props.open}>
      <summary>{props.title}</summary>
      <div>{props.children}</div>
    </details>
  );
}
