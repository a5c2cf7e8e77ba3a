import { readTriples, type Triple } from "./ntriples";
import type { Row, Term } from "./terms";

export type Result =
  | { readonly kind: "table"; readonly variables: readonly string[]; readonly rows: readonly Row[] }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "triples"; readonly triples: readonly Triple[] };

export interface Answer {
  readonly result: Result;
  /** From sending the query to its last byte. */
  readonly seconds: number;
  readonly bytes: number;
  readonly cached: boolean;
}

/** What the server says is wrong (RFC 9457), with the place in the query where there is one. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    detail: string,
    readonly line?: number,
    readonly column?: number,
  ) {
    super(detail);
  }
}

/** The result broke off, or is more than the browser holds: nothing of it may pass for the whole. */
export class Incomplete extends Error {}

const ACCEPT = "application/sparql-results+json, application/n-triples";

/**
 * The whole result of a query. Aborting `signal` closes the connection, by which the server knows
 * to end the query. Throws Problem, Incomplete, and what `fetch` throws.
 */
export async function ask(
  endpoint: string,
  query: string,
  { signal, progress = () => {} }: { signal: AbortSignal; progress?: (bytes: number) => void },
): Promise<Answer> {
  const started = performance.now();
  const response = await send(endpoint, query, ACCEPT, signal);
  const [text, bytes] = await received(response, signal, progress);
  const seconds = (performance.now() - started) / 1000;
  const cached = (response.headers.get("Server-Timing") ?? "").includes('desc="hit"');
  return { result: understood(text, response), seconds, bytes, cached };
}

/** The result in the format with this media type, whole, to be saved. Throws as `ask`. */
export async function download(endpoint: string, query: string, type: string, signal: AbortSignal): Promise<Blob> {
  const response = await send(endpoint, query, type, signal);
  try {
    return await response.blob();
  } catch (error) {
    throw signal.aborted ? error : new Incomplete();
  }
}

async function send(endpoint: string, query: string, accept: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { "Content-Type": "application/sparql-query", Accept: accept },
    body: query,
    signal,
  });
  if (!response.ok) throw await problem(response);
  return response;
}

async function problem(response: Response): Promise<Problem> {
  const said: { detail?: string; line?: number; column?: number } = await response.json().catch(() => ({}));
  return new Problem(response.status, said.detail ?? response.statusText, said.line, said.column);
}

async function received(response: Response, signal: AbortSignal, progress: (bytes: number) => void): Promise<[string, number]> {
  const decoder = new TextDecoder();
  let [text, bytes] = ["", 0];
  try {
    for (const reader = response.body!.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) return [text + decoder.decode(), bytes];
      text += decoder.decode(value, { stream: true });
      progress((bytes += value.length));
    }
  } catch (error) {
    throw signal.aborted ? error : new Incomplete();
  }
}

function understood(text: string, response: Response): Result {
  try {
    if (!(response.headers.get("Content-Type") ?? "").includes("json")) return { kind: "triples", triples: readTriples(text) };
    const read: { boolean?: boolean; head: { vars?: string[] }; results?: { bindings: Record<string, Term>[] } } = JSON.parse(text);
    if (read.boolean !== undefined) return { kind: "boolean", value: read.boolean };
    return { kind: "table", variables: read.head.vars ?? [], rows: read.results!.bindings };
  } catch (error) {
    throw new Incomplete(undefined, { cause: error });
  }
}
