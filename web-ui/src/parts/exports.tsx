/** What a reader takes along: the figures, the numbers, and what makes the same numbers again. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { postForText, Trouble } from "../api/client";
import { csvOf, pngOf, save, svgOfPage } from "../lib/download";

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

interface Props {
  /** Start of the files' names. */
  readonly name: string;
  /** Whether the page has figures. */
  readonly figures?: boolean;
  /** What the server makes scripts of; the page's state. */
  readonly state?: object | undefined;
  /** Numbers of the page, where the server does not write them. */
  readonly table?: (() => Table) | undefined;
  /** A command line that is known without asking. */
  readonly command?: string | undefined;
}

const SCRIPTS = [
  ["csv", "Numbers", "csv", ".csv"],
  ["toml", "Settings", "toml", ".toml"],
  ["python", "Python script", "py", ".py"],
  ["cli", "Command line", "sh", ".sh"],
] as const;

/** The menu of exports. */
export function Exports(props: Props): JSX.Element {
  const menu = useRef<HTMLDetailsElement>(null);
  const [trouble, setTrouble] = useState("");
  const doing = (work: () => Promise<void> | void) => async (): Promise<void> => {
    setTrouble("");
    try {
      await work();
      if (menu.current) menu.current.open = false;
    } catch (error) {
      setTrouble(Trouble.from(error).message);
    }
  };
  const svg = (): string => svgOfPage(document.getElementById("main") ?? document);
  return (
    <details class="menu" ref={menu} onKeyDown={(event) => event.key === "Escape" && menu.current && (menu.current.open = false)}>
      <summary class="button">Export</summary>
      <ul>
        {props.figures && (
          <>
            <Item word="Figures" kind=".svg" run={doing(() => save(`${props.name}.svg`, svg(), "image/svg+xml"))} />
            <Item word="Figures" kind=".png" run={doing(async () => save(`${props.name}.png`, await pngOf(svg())))} />
          </>
        )}
        {props.state &&
          SCRIPTS.map(([format, word, ending, kind]) => (
            <Item
              key={format}
              word={word}
              kind={kind}
              run={doing(async () => save(`${props.name}.${ending}`, await postForText("/export", { state: props.state, format })))}
            />
          ))}
        {props.table && (
          <Item
            word="Numbers"
            kind=".csv"
            run={doing(() => {
              const { columns, rows } = props.table!();
              save(`${props.name}.csv`, csvOf(columns, rows), "text/csv;charset=utf-8");
            })}
          />
        )}
        {props.command && !props.state && (
          <Item word="Command line" kind=".sh" run={doing(() => save(`${props.name}.sh`, `#!/bin/sh\n${props.command}\n`))} />
        )}
      </ul>
      {trouble && <p class="trouble small" role="alert">{trouble}</p>}
    </details>
  );
}

function Item({ word, kind, run }: { word: string; kind: string; run: () => Promise<void> }): JSX.Element {
  return (
    <li>
      <button type="button" class="quiet" onClick={() => void run()}>
        {word} <span class="soft">{kind}</span>
      </button>
    </li>
  );
}
