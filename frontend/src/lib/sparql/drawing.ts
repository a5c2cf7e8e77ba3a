import type { Graph, GraphEdge, GraphNode } from "../graph";
import type { Names } from "./names";
import type { Triple } from "./ntriples";
import type { Term } from "./terms";

const TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const MOST = 400; // edges that a picture can still be read with

/**
 * The links between things that triples state, to be drawn, or null where there are none or too
 * many for a picture. Literals and types are no links: types tell what `kind` a thing is.
 */
export function drawable(triples: readonly Triple[], names: Names, untyped: string): Graph | null {
  const links = triples.filter(([, predicate, object]) => object.type !== "literal" && predicate.value !== TYPE);
  if (links.length === 0 || links.length > MOST) return null;
  const kinds = new Map(triples.filter(isTyping).map(([subject, , type]) => [key(subject), names.text(type)]));
  const shapes = [...new Set(kinds.values())];
  const ends = new Map(links.flatMap(([subject, , object]) => [subject, object]).map((term) => [key(term), term]));
  const node = (id: string, term: Term): GraphNode => {
    const kind = kinds.get(id) ?? untyped;
    const url = term.type === "uri" ? names.address(term.value) : null;
    return { id, label: names.text(term), kind, shape: shapes.indexOf(kind) + 1, url };
  };
  const edge = ([subject, predicate, object]: Triple): GraphEdge => ({
    source: key(subject),
    target: key(object),
    label: names.text(predicate),
    layer: "fact",
  });
  return { nodes: [...ends].map(([id, term]) => node(id, term)), edges: links.map(edge) };
}

function isTyping([, predicate, object]: Triple): boolean {
  return predicate.value === TYPE && object.type === "uri";
}

function key({ type, value }: Term): string {
  return type === "bnode" ? `_:${value}` : value;
}
