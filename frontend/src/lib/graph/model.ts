/** A concept with the name it goes by: a status, a polarity. */
export interface Named {
  readonly id: string;
  readonly label: string;
}

/** A thing as a node; things of one `kind` have one `shape`, a number from 0. */
export interface GraphNode {
  readonly id: string;
  readonly label: string;
  readonly kind: string;
  readonly shape: number;
  readonly url: string | null;
}

/** How sure an edge is: reported, claimed by somebody, or only what a claim is made of. */
export type Layer = "fact" | "claim" | "content";

/** A link between two nodes; `url` and `title` are those of the item that states it. */
export interface GraphEdge {
  readonly source: string;
  readonly target: string;
  readonly label: string;
  readonly layer: Layer;
  readonly status?: Named;
  readonly polarity?: Named;
  readonly by?: string;
  readonly url?: string | null;
  readonly title?: string;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** Edges that say the same between the same nodes, drawn as one. */
export interface Bundle {
  readonly id: string;
  readonly edges: readonly [GraphEdge, ...GraphEdge[]];
}

/** The edges by what they say: of several alike one is drawn, with their number. */
export function bundles(edges: Iterable<GraphEdge>): Bundle[] {
  const found = new Map<string, [GraphEdge, ...GraphEdge[]]>();
  for (const edge of edges) {
    const { source, target, label, layer, status, polarity } = edge;
    const id = JSON.stringify([source, target, label, layer, status?.id, polarity?.id]);
    const alike = found.get(id);
    if (alike) alike.push(edge);
    else found.set(id, [edge]);
  }
  return [...found].map(([id, alike]) => ({ id, edges: alike }));
}

/** What an edge is labelled with: its relation, denied where it is, and how many say so. */
export function caption({ edges }: Bundle): string {
  const [first] = edges;
  const denied = first.polarity && first.polarity.id !== "affirmed" ? ` (${first.polarity.label})` : "";
  return `${first.label}${denied}${edges.length > 1 ? ` ×${edges.length}` : ""}`;
}

/** What tells edges apart: those of two graphs are put together by it. */
export function identity(edge: GraphEdge): string {
  return JSON.stringify([edge.source, edge.target, edge.label, edge.url ?? edge.status?.id]);
}
