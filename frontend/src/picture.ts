// The picture of a thing's neighbourhood. Cytoscape is large, so it comes when the picture comes near.
import type { Graph, GraphEdge, GraphNode } from "./lib/graph";
import type { Layer, Named } from "./lib/graph/model";
import { type Words, say } from "./lib/words";

interface Reference extends Named {
  readonly iri: string;
  readonly type: string | null;
  readonly url: string | null;
}

/** The JSON of `/…/neighbourhood`. */
interface Neighbourhood {
  readonly nodes: readonly Reference[];
  readonly edges: ReadonlyArray<{
    readonly source: string;
    readonly target: string;
    readonly relation: string;
    readonly layer: Layer;
    readonly item?: Reference;
    readonly status?: Named;
    readonly polarity?: Named;
    readonly by?: Named;
  }>;
  readonly classes: Readonly<Record<string, { readonly label: string; readonly place: number }>>;
}

async function fetched(url: URL): Promise<Graph> {
  const response = await fetch(url, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`${url.pathname}: ${response.status}`);
  const { nodes, edges, classes } = (await response.json()) as Neighbourhood;
  return {
    nodes: nodes.map(({ iri, label, type, url: path }): GraphNode => {
      const kind = type ? classes[type] : undefined;
      return { id: iri, label, kind: kind?.label ?? type ?? "", shape: kind?.place ?? 0, url: path };
    }),
    edges: edges.map(
      ({ relation, item, by, ...edge }): GraphEdge => ({
        ...edge,
        label: relation,
        ...(item ? { url: item.url, title: item.label } : {}),
        ...(by ? { by: by.label } : {}),
      }),
    ),
  };
}

async function fill(host: HTMLElement): Promise<void> {
  const words = JSON.parse(host.dataset["texts"] ?? "{}") as Words;
  const url = new URL(host.dataset["graph"] ?? "", location.href);
  host.textContent = say(words, "loading");
  try {
    const [{ drawGraph }, graph] = await Promise.all([import("./lib/graph"), fetched(url)]);
    const expand = (node: GraphNode) => fetched(new URL(`${node.url}/neighbourhood${url.search}`, url));
    drawGraph(host, graph, words, { expand, name: graph.nodes[0]?.id.split("/").at(-1) ?? "graph" });
  } catch {
    host.textContent = say(words, "failed");
  }
}

const watcher = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      void fill(target as HTMLElement);
    }
  },
  { rootMargin: "300px" },
);
for (const host of document.querySelectorAll(".graph[data-graph]")) watcher.observe(host);
