/** Ask for what is wanted now: one question on its way at most, the newest one waiting, all between dropped. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Trouble } from "../api/client";

export interface Answer<T> {
  readonly value: T | undefined;
  readonly trouble: Trouble | undefined;
  readonly busy: boolean;
}

/**
 * The answer to a question that changes. While the next one is under way the answer before it stays, so that curves
 * move instead of blinking. A question on its way is let finish when a newer one comes (its curve is drawn, as a step of
 * the movement) and only the newest is asked next: a server is never sent more than it can answer.
 */
export function useLatest<Q, T>(question: Q | undefined, ask: (question: Q, signal: AbortSignal) => Promise<T>): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T>>({ value: undefined, trouble: undefined, busy: question !== undefined });
  const wanted = useRef<string | undefined>(undefined);
  const running = useRef(false);
  const ended = useRef<AbortController | undefined>(undefined);
  const key = question === undefined ? undefined : JSON.stringify(question);

  useLayoutEffect(() => {
    ended.current = new AbortController();
    return () => ended.current?.abort();
  }, []);

  // Before the next frame is painted, not after it: the question is on its way some 16 ms sooner.
  useLayoutEffect(() => {
    wanted.current = key;
    if (key === undefined || running.current) return;
    void pump();
    async function pump(): Promise<void> {
      running.current = true;
      const signal = ended.current?.signal ?? new AbortController().signal;
      for (let asked: string | undefined; wanted.current !== undefined && wanted.current !== asked; ) {
        asked = wanted.current;
        setAnswer((before) => ({ ...before, busy: true }));
        try {
          const value = await ask(JSON.parse(asked) as Q, signal);
          if (signal.aborted) return;
          setAnswer({ value, trouble: undefined, busy: wanted.current !== asked });
        } catch (error) {
          if (signal.aborted) return;
          setAnswer((before) => ({ value: before.value, trouble: Trouble.from(error), busy: wanted.current !== asked }));
        }
      }
      running.current = false;
    }
  }, [key]);
  return answer;
}
