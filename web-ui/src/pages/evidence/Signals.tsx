/** Signals between nerve cells: some two hundred names, and which of them the simulator models. */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { get } from "../../api/client";
import { useOnce } from "../../api/meta";
import type { Signal } from "../../api/types";
import { count } from "../../lib/format";
import { ChoiceField, TextField } from "../../parts/fields";
import { TroubleNote, Waiting } from "../../parts/page";

interface Props {
  readonly q: string;
  readonly family: string;
  readonly change: (given: { q?: string; family?: string }) => void;
}

/** The list, to search. */
export function Signals({ q, family, change }: Props): JSX.Element {
  const { meta: found, trouble } = useOnce(() => get<{ total: number; signals: Signal[] }>("/transmitters"));
  const families = useMemo(() => [...new Set((found?.signals ?? []).map((each) => each.family))], [found]);
  const wanted = q.toLowerCase();
  const shown = (found?.signals ?? []).filter(
    (each) => (family === "" || each.family === family) && (wanted === "" || `${each.name} ${each.receptors}`.toLowerCase().includes(wanted)),
  );
  return (
    <>
      <TroubleNote trouble={trouble} />
      {!found && !trouble && <Waiting what="Reading the catalogue" />}
      {found && (
        <>
          <div class="columns filters">
            <TextField label="Search names and receptors" kind="search" value={q} atOnce onChange={(given) => change({ q: given })} />
            <ChoiceField label="Family" value={family} options={[["", "all families"], ...families.map((each) => [each, each] as const)]} onChange={(given) => change({ family: given })} />
          </div>
          <p class="soft small" role="status">{count(shown.length)} of {count(found.total)} signals</p>
          <div class="scroll" tabIndex={0} role="region" aria-label="Signals">
            <table>
              <caption class="unseen">Signals between nerve cells</caption>
              <thead>
                <tr><th scope="col">Signal</th><th scope="col">Family</th><th scope="col">Receptors</th><th scope="col">In the simulator</th></tr>
              </thead>
              <tbody>
                {shown.map((each) => (
                  <tr key={each.name}>
                    <th scope="row">{each.name}</th>
                    <td>{each.family}</td>
                    <td class="small">{each.receptors}</td>
                    <td class="small">
                      {each.modelled ? `${each.sign ?? "modelled"}: ${each.how}` : each.as_a_group ? "only as a group" : "listed only"}
                      {each.note && <span class="soft"> {each.note}</span>}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </>
  );
}
