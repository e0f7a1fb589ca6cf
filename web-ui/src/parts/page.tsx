/** The frame of a page: its title, what it is about, what can be taken along, and what went wrong. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Trouble } from "../api/client";

/** A page with its heading. */
export function Page(props: { title: string; lead: ComponentChildren; actions?: ComponentChildren; children: ComponentChildren }): JSX.Element {
  useEffect(() => {
    document.title = `${props.title} · euthymia`;
  }, [props.title]);
  return (
    <>
      <header class="page-head">
        <div>
          <h1 tabIndex={-1}>{props.title}</h1>
          <p class="lead">{props.lead}</p>
        </div>
        {props.actions && <div class="actions">{props.actions}</div>}
      </header>
      {props.children}
    </>
  );
}

/** What went wrong, said at once to those who listen. */
export function TroubleNote({ trouble }: { trouble: Trouble | undefined }): JSX.Element {
  return (
    <div aria-live="polite" class="trouble-place">
      {trouble && (
        <p class="trouble-box">
          {trouble.message}
          {trouble.nearest && !trouble.message.includes(trouble.nearest) && ` Nearest: ${trouble.nearest}.`}
        </p>
      )}
    </div>
  );
}

/** While something is on its way for the first time. */
export function Waiting({ what }: { what: string }): JSX.Element {
  return <p class="soft waiting" role="status">{what}…</p>;
}
