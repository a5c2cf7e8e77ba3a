import { ask } from "./query";
import type { Term } from "./terms";

const MOST = 2000; // things that are named in one result; the others go by their IRIs
const AT_ONCE = 500;
const SAFE = /^https?:[^<>"{}|\\^`\s]+$/;

/** The names of the IRIs among `terms`, best language first; those that have none are left out. */
export async function labels(
  terms: Iterable<Term>,
  { endpoint, languages, signal }: { endpoint: string; languages: readonly string[]; signal: AbortSignal },
): Promise<Map<string, string>> {
  const wanted = new Set<string>();
  for (const term of terms) {
    if (wanted.size >= MOST) break;
    if (term.type === "uri" && SAFE.test(term.value)) wanted.add(term.value);
  }
  const found = new Map<string, string>();
  const iris = [...wanted];
  for (let start = 0; start < iris.length; start += AT_ONCE) {
    const { result } = await ask(endpoint, question(iris.slice(start, start + AT_ONCE)), { signal });
    if (result.kind === "table") keepBest(found, result.rows, languages);
  }
  return found;
}

function question(iris: readonly string[]): string {
  return `PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?thing ?label {
  VALUES ?thing { ${iris.map((iri) => `<${iri}>`).join(" ")} }
  ?thing rdfs:label|skos:prefLabel ?label
}`;
}

function keepBest(found: Map<string, string>, rows: readonly Readonly<Record<string, Term>>[], languages: readonly string[]): void {
  const rank = (label: Term) => {
    const place = languages.indexOf(label["xml:lang"] ?? "");
    return place < 0 ? languages.length : place;
  };
  const best = new Map<string, Term>();
  for (const { thing, label } of rows) {
    if (!thing || !label) continue;
    const known = best.get(thing.value);
    if (!known || rank(label) < rank(known)) best.set(thing.value, label);
  }
  for (const [iri, label] of best) found.set(iri, label.value);
}
