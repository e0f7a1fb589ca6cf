/** What there is to choose from, asked for once. */

import { useEffect, useState } from "preact/hooks";
import { get, Trouble } from "./client";
import type { Meta } from "./types";

let asked: Promise<Meta> | undefined;

/** The server's choices and limits; a refusal is asked again next time. */
export function meta(): Promise<Meta> {
  asked ??= get<Meta>("/meta").catch((error: unknown) => {
    asked = undefined;
    throw error;
  });
  return asked;
}

/** The choices, or why there are none yet. */
export function useMeta(): { meta: Meta | undefined; trouble: Trouble | undefined } {
  return useOnce(meta);
}

/** A document that a page needs once. */
export function useOnce<T>(ask: () => Promise<T>): { meta: T | undefined; trouble: Trouble | undefined } {
  const [found, setFound] = useState<{ meta: T | undefined; trouble: Trouble | undefined }>({ meta: undefined, trouble: undefined });
  useEffect(() => {
    let wanted = true;
    ask().then(
      (value) => wanted && setFound({ meta: value, trouble: undefined }),
      (error: unknown) => wanted && setFound({ meta: undefined, trouble: Trouble.from(error) }),
    );
    return () => {
      wanted = false;
    };
  }, []);
  return found;
}
