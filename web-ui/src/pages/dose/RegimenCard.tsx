/** One regimen: its drugs as rows to drag and type, and the sentence that says the same. */

import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { Drug, Meta } from "../../api/types";
import { type Rhythm, type Row, rowsOf, sentenceOf, type Unit } from "../../lib/regimen";
import type { Tone } from "../../chart/series";
import { ChoiceField, Fold, NumberField, TextField } from "../../parts/fields";
import { amountRange, fitting, startingRow } from "./amounts";
import { Timeline } from "./Timeline";

interface Props {
  readonly name: string;
  readonly tone: Tone;
  readonly meta: Meta | undefined;
  readonly sentence: string;
  readonly therapy: string;
  readonly alongside: readonly string[];
  readonly lastDay: number;
  readonly wrong?: string | undefined;
  readonly onSentence: (sentence: string) => void;
  readonly onTherapy: (therapy: string) => void;
  readonly onAlongside: (names: readonly string[]) => void;
  readonly onRemove?: (() => void) | undefined;
}

/** The card of a regimen. */
export function RegimenCard(props: Props): JSX.Element {
  const { name, meta, sentence } = props;
  const read = useMemo(() => rowsOf(sentence), [sentence]);
  const [dragging, setDragging] = useState<Row[] | undefined>();
  // While a dose is dragged past another one the rows keep their order; the sentence always has them sorted.
  const rows = dragging && sentenceOf(dragging) === sentence ? dragging : read;
  const change = (next: Row[]): void => {
    setDragging(next);
    props.onSentence(sentenceOf(next.map((row) => ({ ...row, days: [...row.days].sort((one, other) => one - other) }))));
  };
  const drugs = meta?.drugs ?? [];
  return (
    <section class={`regimen tone-${props.tone}`} aria-label={`Regimen ${name}`}>
      <div class="head">
        <h2>Regimen {name}</h2>
        {props.onRemove && <button type="button" class="quiet" onClick={props.onRemove}>Remove</button>}
      </div>
      {rows === null && <p class="soft small">This regimen says more than the rows below can hold; edit its sentence.</p>}
      {rows?.map((row, i) => (
        <RowEditor
          key={i}
          row={row}
          drugs={drugs}
          lastDay={props.lastDay}
          onChange={(next) => change(rows.map((each, n) => (n === i ? next : each)))}
          onRemove={() => change(rows.filter((_, n) => n !== i))}
        />
      ))}
      {rows !== null && drugs.length > 0 && (
        <ChoiceField
          label={rows?.length ? "Add another drug" : "Add a drug"}
          value=""
          options={[["", rows?.length ? "add another drug…" : "add a drug…"], ...drugs.map((drug) => [drug.name, drug.title] as const)]}
          hidden
          onChange={(chosen) => {
            const drug = drugs.find((each) => each.name === chosen);
            if (drug) change([...(rows ?? []), startingRow(drug)]);
          }}
        />
      )}
      <TextField label="As a sentence" value={sentence} rows={3} wrong={props.wrong} onChange={props.onSentence} />
      <Fold title="Beside it" open={props.therapy !== "" || props.alongside.length > 0}>
        <TextField
          label="Therapy"
          value={props.therapy}
          placeholder="weekly for 10 weeks from day 15"
          onChange={(text) => props.onTherapy(text.trim())}
        />
        <ChoiceField
          label="Another drug taken along"
          value={props.alongside[0] ?? ""}
          options={[["", "none"], ...(meta?.others ?? []).map((other) => [other.name, other.name] as const)]}
          onChange={(chosen) => props.onAlongside(chosen === "" ? [] : [chosen])}
        />
      </Fold>
    </section>
  );
}

const RHYTHMS: readonly (readonly [Rhythm, string])[] = [
  ["days", "on days"],
  ["daily", "daily"],
  ["weekly", "weekly"],
  ["twice weekly", "twice weekly"],
];

function RowEditor(props: { row: Row; drugs: Drug[]; lastDay: number; onChange: (row: Row) => void; onRemove: () => void }): JSX.Element {
  const { row, drugs, onChange } = props;
  const drug = drugs.find((each) => each.name === row.drug);
  const range = amountRange(drug, row.route, row.unit);
  const byWeight = drug?.routes.find((each) => each.route === row.route)?.max_mg_per_kg != null;
  const title = drug?.title ?? row.drug;
  return (
    <div class="row-editor">
      <div class="pair">
        <ChoiceField
          label="Drug"
          value={row.drug}
          options={drugs.length ? drugs.map((each) => [each.name, each.title] as const) : [row.drug]}
          onChange={(chosen) => {
            const next = drugs.find((each) => each.name === chosen);
            if (next) onChange(startingRow(next));
          }}
        />
        <ChoiceField
          label="Route"
          value={row.route || (drug?.routes[0]?.route ?? "")}
          options={drug ? drug.routes.map((each) => each.route) : [row.route]}
          onChange={(route) => onChange(fitting({ ...row, route, minutes: route === "iv" ? 40 : null, unit: "mg" }, drug))}
        />
      </div>
      <NumberField
        label="Dose"
        unit={row.unit}
        value={row.amount}
        {...range}
        slider
        onChange={(amount) => onChange({ ...row, amount })}
      />
      <div class="pair">
        {byWeight && (
          <ChoiceField<Unit>
            label="Unit"
            value={row.unit}
            options={["mg", "mg/kg"]}
            onChange={(unit) => onChange(fitting({ ...row, unit, amount: unit === "mg" ? row.amount * 70 : row.amount / 70 }, drug))}
          />
        )}
        {row.minutes !== null && (
          <NumberField label="Over" unit="min" value={row.minutes} low={1} high={1440} step={5} onChange={(minutes) => onChange({ ...row, minutes })} />
        )}
        <ChoiceField<Rhythm>
          label="When"
          value={row.rhythm}
          options={RHYTHMS}
          onChange={(rhythm) => onChange(rhythm === "days" ? { ...row, rhythm } : { ...row, rhythm, days: [row.days[0] ?? 1] })}
        />
      </div>
      <Timeline row={row} lastDay={props.lastDay} name={title} onChange={onChange} />
      <p>
        <button type="button" class="link small" onClick={props.onRemove}>Take {title.toLowerCase()} away</button>
      </p>
    </div>
  );
}
