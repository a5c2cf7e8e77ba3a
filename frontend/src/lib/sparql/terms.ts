/** An RDF term as SPARQL's JSON results write it (SPARQL 1.1 Query Results JSON Format §3.2.2). */
export interface Term {
  readonly type: "uri" | "bnode" | "literal" | "typed-literal" | "triple";
  readonly value: string;
  readonly "xml:lang"?: string;
  readonly datatype?: string;
}

export type Row = Readonly<Record<string, Term>>;

export const XSD = "http://www.w3.org/2001/XMLSchema#";
const NUMBERS = /#(integer|decimal|double|float|(non)?(negative|positive)Integer|(unsigned)?(long|int|short|byte))$/i;

/** The prefixed name of an IRI by the longest namespace that fits, else the IRI itself. */
export function shorten(iri: string, prefixes: Readonly<Record<string, string>>): string {
  let best = "";
  let name = iri;
  for (const [prefix, namespace] of Object.entries(prefixes)) {
    if (iri.startsWith(namespace) && namespace.length > best.length && iri !== namespace) {
      best = namespace;
      name = `${prefix}:${iri.slice(namespace.length)}`;
    }
  }
  return name;
}

export function isNumber(term: Term | undefined): boolean {
  return term?.datatype !== undefined && NUMBERS.test(term.datatype);
}

/** Compares terms by what readers see: nothing first, numbers by size, all else by its text. */
export function comparison(language: string, shown: (term: Term) => string): (a: Term | undefined, b: Term | undefined) => number {
  const collator = new Intl.Collator(language, { numeric: true });
  return (a, b) => {
    if (!a || !b) return Number(Boolean(a)) - Number(Boolean(b));
    if (isNumber(a) && isNumber(b)) return Number(a.value) - Number(b.value);
    return collator.compare(shown(a), shown(b));
  };
}
