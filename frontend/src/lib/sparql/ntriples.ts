import type { Term } from "./terms";

export type Triple = readonly [Term, Term, Term];

const IRI = String.raw`<([^>]*)>`;
const BLANK = String.raw`(_:\S+)`;
const LITERAL = String.raw`"((?:[^"\\]|\\.)*)"(?:@([\w-]+)|\^\^<([^>]*)>)?`;
const LINE = new RegExp(`^(?:${IRI}|${BLANK}) ${IRI} (?:${IRI}|${BLANK}|${LITERAL}) \\.$`);
const CONTROL: Readonly<Record<string, string>> = { t: "\t", b: "\b", n: "\n", r: "\r", f: "\f" };

/** The triples of an N-Triples document as our server writes it. Throws a SyntaxError at any other line. */
export function readTriples(document: string): Triple[] {
  return document.split("\n").filter(Boolean).map(readTriple);
}

function readTriple(line: string): Triple {
  const found = LINE.exec(line);
  if (!found) throw new SyntaxError(`This is no N-Triples: ${line.slice(0, 100)}`);
  const [, subject, blank, predicate, iri, node, text, language, datatype] = found;
  return [resource(subject, blank), resource(predicate), text === undefined ? resource(iri, node) : literal(text, language, datatype)];
}

function resource(iri: string | undefined, blank?: string): Term {
  return iri === undefined ? { type: "bnode", value: (blank ?? "").slice(2) } : { type: "uri", value: unescape(iri) };
}

function literal(text: string, language?: string, datatype?: string): Term {
  return {
    type: "literal",
    value: unescape(text),
    ...(language ? { "xml:lang": language } : {}),
    ...(datatype ? { datatype } : {}),
  };
}

function unescape(text: string): string {
  return text.replace(/\\(?:u([\dA-Fa-f]{4})|U([\dA-Fa-f]{8})|(.))/g, (_, short?: string, long?: string, one?: string) => {
    const code = short ?? long;
    return code ? String.fromCodePoint(parseInt(code, 16)) : (CONTROL[one ?? ""] ?? one ?? "");
  });
}
