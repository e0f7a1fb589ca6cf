/** The article's seven statements as short guided experiments. */

import type { JSX } from "preact";
import { get } from "../../api/client";
import { useOnce } from "../../api/meta";
import type { Claims } from "../../api/types";
import { usePageState } from "../../lib/route";
import { type Fields, whole } from "../../lib/url";
import { Page } from "../../parts/page";
import { verdictTone } from "../verdict";
import { LESSONS } from "./lessons";

interface LearnState {
  at: number;
}

const FIELDS: Fields<LearnState> = { at: whole(1, 1, LESSONS.length) };

/** The page. */
export function LearnPage(): JSX.Element {
  const [state, change] = usePageState<LearnState>(FIELDS);
  const { meta: claims } = useOnce(() => get<Claims>("/claims"));
  const lesson = LESSONS.find((each) => each.number === state.at) ?? LESSONS[0]!;
  const ours = claims?.claims.filter((each) => each.article === lesson.number) ?? [];
  return (
    <Page title="Learn by trying" lead="Seven statements of a popular article about ketamine and depression. Each comes with experiments that you can change afterwards: guess first, then look.">
      <div class="bench">
        <nav class="lessons" aria-label="Statements">
          <ol>
            {LESSONS.map((each) => (
              <li key={each.number}>
                <button type="button" class="quiet" aria-current={each === lesson ? "step" : undefined} onClick={() => change({ at: each.number })}>
                  <span class="number">{each.number}</span> {each.statement}
                </button>
              </li>
            ))}
          </ol>
        </nav>
        <article class="stack" aria-labelledby="lesson">
          <h2 id="lesson">{lesson.number}. {lesson.statement}</h2>
          <p>{lesson.about}</p>
          <ol class="experiments">
            {lesson.experiments.map((each) => (
              <li key={each.question}>
                <h3>{each.question}</h3>
                <p>{each.look}</p>
                <p><a class="button" href={each.link}>Try it</a></p>
              </li>
            ))}
          </ol>
          <p class="note-box"><strong>Beware.</strong> {lesson.caution}</p>
          {ours.length > 0 && (
            <section>
              <h3>How the model does on this statement</h3>
              <ul class="plain-list">
                {ours.map((each) => (
                  <li key={each.id}>
                    <a href={`/claims?open=${encodeURIComponent(each.id)}`}>{each.says}</a> <span class={`tag ${verdictTone(each.verdict)}`}>{each.verdict}</span>
                  </li>
                ))}
              </ul>
            </section>
          )}
        </article>
      </div>
    </Page>
  );
}
