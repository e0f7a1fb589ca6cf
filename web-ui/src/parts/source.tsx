/** Where a number comes from: a drawer that any number on any page can open. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { get, Trouble } from "../api/client";
import type { EvidencePage, Parameter, ParameterStory, Source } from "../api/types";
import { spaced, written } from "../lib/format";

/** What is asked about: records of evidence, one number of them, or a source by its key. */
export type Asked = { title: string; records: readonly string[] } | { parameter: string } | { source: string };

const OPEN = "euthymia:source";

/** Open the drawer. */
export function openSource(asked: Asked): void {
  dispatchEvent(new CustomEvent<Asked>(OPEN, { detail: asked }));
}

/** A small button beside a number. */
export function SourceButton(props: { asked: Asked; what: string; word?: string }): JSX.Element {
  return (
    <button type="button" class="source" aria-label={props.word ? `${props.word}, source of ${props.what}` : `Sources of ${props.what}`} onClick={() => openSource(props.asked)}>
      {props.word ?? "sources"}
    </button>
  );
}

type Found = { parameters: Parameter[]; sources: Source[]; title: string };

/** The drawer itself; there is one on the page. */
export function SourceDrawer(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const [found, setFound] = useState<Found | Trouble | undefined>();
  useEffect(() => {
    const open = (event: Event): void => {
      const asked = (event as CustomEvent<Asked>).detail;
      setFound(undefined);
      dialog.current?.showModal();
      look(asked).then(setFound, (error: unknown) => setFound(Trouble.from(error)));
    };
    addEventListener(OPEN, open);
    return () => removeEventListener(OPEN, open);
  }, []);
  return (
    <dialog
      ref={dialog}
      class="drawer"
      aria-labelledby="drawer-title"
      onClick={(event) => event.target === dialog.current && dialog.current?.close()}
    >
      <div>
        <header>
          <h2 id="drawer-title">{found === undefined || found instanceof Trouble ? "Where this comes from" : found.title}</h2>
          <button type="button" class="quiet" onClick={() => dialog.current?.close()}>Close</button>
        </header>
        {found === undefined && <p class="soft">Looking it up…</p>}
        {found instanceof Trouble && <p class="trouble">{found.message}</p>}
        {found && !(found instanceof Trouble) && <Contents {...found} />}
      </div>
    </dialog>
  );
}

function Contents({ parameters, sources }: Found): JSX.Element {
  if (parameters.length + sources.length === 0) return <p>Nothing is recorded under that name.</p>;
  return (
    <>
      {sources.map((source) => (
        <p key={source.key}>
          {source.text} {source.identifier && <span class="soft">{source.identifier}</span>}
        </p>
      ))}
      {parameters.length > 0 && (
        <ul class="parameters">
          {parameters.map((each) => <ParameterLine key={each.id} parameter={each} />)}
        </ul>
      )}
    </>
  );
}

/** A parameter in a list: value, meaning, grade, where it stands. */
export function ParameterLine({ parameter }: { parameter: Parameter }): JSX.Element {
  return (
    <li class="parameter">
      <p class="top">
        <strong class="number">{written(parameter.value)}{spaced(parameter.unit)}</strong> <Grade parameter={parameter} />
      </p>
      <p>{parameter.meaning}</p>
      <p class="soft small">
        <code>{parameter.id}</code>
        {parameter.source && (
          <>
            {" · "}
            <button type="button" class="link" onClick={() => openSource({ source: parameter.source })}>{parameter.source}</button>
          </>
        )}
        {parameter.where && `, ${parameter.where}`}
        {parameter.spread && ` · people differ: ${parameter.spread}`}
        {parameter.uncertainty && ` · ${parameter.uncertainty}`}
      </p>
      {parameter.note && <p class="soft small">{parameter.note}</p>}
    </li>
  );
}

/** How surely a number is known. */
export function Grade({ parameter }: { parameter: Parameter }): JSX.Element {
  return <span class={`tag ${parameter.assumed ? "unsure" : "plain"}`}>{parameter.grade}</span>;
}

async function look(asked: Asked): Promise<Found> {
  if ("source" in asked) {
    const story = await get<{ source: Source; parameters: string[] }>(`/sources/${encodeURIComponent(asked.source)}`);
    return { parameters: [], sources: [story.source], title: story.source.short };
  }
  if ("parameter" in asked) {
    const story = await get<ParameterStory>(`/evidence/${encodeURIComponent(asked.parameter)}`);
    return { parameters: [story.parameter], sources: story.source ? [story.source] : [], title: story.parameter.meaning };
  }
  const pages = await Promise.all(
    asked.records.map((name) => get<EvidencePage>(`/evidence?size=200&q=${encodeURIComponent(`${name}.`)}`)),
  );
  const parameters = pages.flatMap((page, i) => page.parameters.filter((each) => each.record === asked.records[i]));
  return { parameters, sources: [], title: asked.title };
}
