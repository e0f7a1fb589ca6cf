/** A slider that points at one time in all charts at once: for keyboards, for fingers, for everybody. */

import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { type Hover, useHover } from "../chart/hover";
import { time } from "../lib/format";

const STEPS = 1000;

/** The slider. */
export function Reader(props: { hover: Hover; domain: readonly [number, number]; say?: (at: number) => string }): JSX.Element {
  const { hover, domain, say = time } = props;
  const id = useId();
  const at = useHover(hover);
  const span = domain[1] - domain[0];
  const place = at === null ? 0 : Math.round((STEPS * (at - domain[0])) / span);
  return (
    <div class="reader">
      <label for={id}>Read at</label>
      <input
        id={id}
        type="range"
        min={0}
        max={STEPS}
        value={place}
        aria-valuetext={at === null ? "nowhere yet" : say(at)}
        onInput={(event) => hover.set(domain[0] + (span * Number(event.currentTarget.value)) / STEPS)}
      />
      <output class="number">{at === null ? "point at a chart" : say(at)}</output>
    </div>
  );
}
