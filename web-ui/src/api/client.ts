/** The server's answers, and its refusals as sentences. */

const ROOT = "/api/v1";
const PATIENCE = 4;
const LONGEST_WAIT_S = 5;
/** A question that took too long takes as long again. */
const TOO_LONG = "too_long";

/** What went wrong, in the server's words: what was given, what is allowed, the nearest. */
export class Trouble extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly nearest: string = "",
    readonly retryAfter: number | null = null,
  ) {
    super(message);
  }

  /** Any error as one that can be shown. */
  static from(error: unknown): Trouble {
    if (error instanceof Trouble) return error;
    if (error instanceof TypeError) return new Trouble("unreachable", "The server does not answer. Is euthymia serve still running?");
    return new Trouble("unknown", error instanceof Error ? error.message : String(error));
  }
}

interface Refusal {
  readonly error?: { readonly code?: string; readonly message?: string; readonly nearest?: string | null };
}

/** Get a document. */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return patient(() => fetch(ROOT + path, { signal: signal ?? null, headers: { Accept: "application/json" } }).then(read<T>));
}

/** Send a document and get the answer. */
export async function post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(body), signal: signal ?? null };
  return patient(() => fetch(ROOT + path, init).then(read<T>));
}

/** The address of a route, for event streams and downloads. */
export function address(path: string): string {
  return ROOT + path;
}

/** Ask again, a few times, where the server says that it is busy and when to come back. */
async function patient<T>(ask: () => Promise<T>, tries = PATIENCE): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Trouble) || error.retryAfter === null || error.code === TOO_LONG || tries <= 0) throw error;
    await new Promise((wake) => setTimeout(wake, 1000 * Math.min(error.retryAfter ?? 1, LONGEST_WAIT_S)));
    return patient(ask, tries - 1);
  }
}

async function read<T>(response: Response): Promise<T> {
  if (response.ok) return (await response.json()) as T;
  const said = (await response.json().catch(() => ({}))) as Refusal;
  const after = Number(response.headers.get("Retry-After"));
  throw new Trouble(
    said.error?.code ?? String(response.status),
    said.error?.message ?? `The server answered ${response.status} ${response.statusText}`,
    said.error?.nearest ?? "",
    Number.isFinite(after) && after > 0 ? after : null,
  );
}

/** Send a document and get a text. */
export async function postForText(path: string, body: unknown): Promise<string> {
  const response = await fetch(ROOT + path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return response.ok ? response.text() : read<string>(response);
}
