import { element } from "./dom";
import { Canvas } from "./graph/canvas";
import { type Graph, type GraphNode, type Named, identity } from "./graph/model";
import { Details, ThingList } from "./graph/panel";
import { swatch } from "./graph/shapes";
import { type Words, say } from "./words";

export type { Graph, GraphEdge, GraphNode } from "./graph/model";

/** What a graph can do besides being seen. */
export interface Options {
  /** What else is around a node; without it nodes do not expand. */
  readonly expand?: (node: GraphNode) => Promise<Graph>;
  /** What files are called, without their suffix. */
  readonly name?: string;
}

/**
 * Fills `host` (class `graph`) with a graph: a canvas, the list of its things for the keyboard, what
 * is selected, a filter by status, a legend, and ways to save it. `words` are `[graph.script]`.
 */
export function drawGraph(host: HTMLElement, graph: Graph, words: Words, options: Options = {}): void {
  new Widget(host, words, options).add(graph);
}

class Widget {
  readonly #words: Words;
  readonly #options: Options;
  readonly #canvas: Canvas;
  readonly #list: ThingList;
  readonly #details: Details;
  readonly #filter = element("fieldset", { class: "filter" });
  readonly #legend = element("ul", { class: "legend" });
  readonly #hidden = new Set<string>();
  readonly #expanded = new Set<string>();
  #graph: Graph = { nodes: [], edges: [] };
  #selected: string | null = null;

  constructor(host: HTMLElement, words: Words, options: Options) {
    this.#words = words;
    this.#options = options;
    const listener = {
      selected: (node: string | null) => this.#select(node),
      expanded: (node: string) => void this.#expand(node),
    };
    const surface = element("div", { class: "graph-canvas", "aria-hidden": "true" });
    this.#list = new ThingList(words, listener);
    this.#details = new Details(words);
    this.#legend.setAttribute("aria-label", say(words, "legend"));
    host.replaceChildren(
      element("div", { class: "graph-bar" }, this.#filter, this.#tools()),
      surface,
      this.#legend,
      element("div", { class: "graph-side" }, this.#list.element, this.#details.element),
    );
    this.#canvas = new Canvas(surface, listener);
  }

  /** Takes in what is not there yet, around a node; returns how many nodes and edges that is. */
  add(more: Graph, around: string | null = null): { nodes: number; edges: number } {
    const first = this.#graph.nodes.length === 0;
    const known = new Set(this.#graph.nodes.map(({ id }) => id));
    const said = new Set(this.#graph.edges.map(identity));
    const nodes = more.nodes.filter(({ id }) => !known.has(id));
    const edges = more.edges.filter((each) => !said.has(identity(each)));
    if (nodes.length || edges.length || first) {
      this.#graph = { nodes: [...this.#graph.nodes, ...nodes], edges: [...this.#graph.edges, ...edges] };
      this.#showFilter();
      this.#showLegend();
      this.#canvas.show(this.#graph, around);
      this.#apply();
    }
    return { nodes: nodes.length, edges: edges.length };
  }

  #select(node: string | null): void {
    this.#selected = node;
    this.#canvas.select(node);
    this.#list.select(node);
    const found = this.#graph.nodes.find(({ id }) => id === node);
    if (!found) return this.#details.nothing();
    const can = this.#options.expand && found.url && !this.#expanded.has(found.id);
    this.#details.show(found, this.#graph, can ? () => void this.#expand(found.id) : null);
  }

  async #expand(id: string): Promise<void> {
    const node = this.#graph.nodes.find((each) => each.id === id);
    if (!node?.url || !this.#options.expand || this.#expanded.has(id)) return;
    this.#expanded.add(id);
    try {
      const added = this.add(await this.#options.expand(node), id);
      this.#select(id);
      this.#details.say(added.nodes + added.edges ? "expanded" : "expand_none", added);
    } catch {
      this.#expanded.delete(id);
      this.#details.say("failed");
    }
  }

  /** Hides what the filter leaves out, and things that nothing else links. */
  #apply(): void {
    const edges = this.#graph.edges.filter((each) => !this.#hidden.has(each.status?.id ?? ""));
    const [root] = this.#graph.nodes;
    const seen = new Set([...(root ? [root.id] : []), ...edges.flatMap(({ source, target }) => [source, target])]);
    const alone = this.#hidden.size === 0;
    const nodes = this.#graph.nodes.filter(({ id }) => alone || seen.has(id));
    this.#canvas.keep({ nodes, edges }, new Set(nodes.map(({ id }) => id)));
    this.#list.show(nodes);
    const selected = nodes.some(({ id }) => id === this.#selected) ? this.#selected : null;
    this.#select(selected);
  }

  #showFilter(): void {
    const statuses = new Map<string, Named>();
    for (const { status } of this.#graph.edges) {
      statuses.set(status?.id ?? "", status ?? { id: "", label: say(this.#words, "no_status") });
    }
    const legend = element("legend", {}, say(this.#words, "filter"));
    const boxes = [...statuses.values()].map((each) => this.#box(each));
    this.#filter.replaceChildren(legend, ...boxes);
    this.#filter.hidden = statuses.size < 2;
  }

  #box(status: Named): HTMLElement {
    const box = element("input", { type: "checkbox", value: status.id });
    box.checked = !this.#hidden.has(status.id);
    box.addEventListener("change", () => {
      if (box.checked) this.#hidden.delete(status.id);
      else this.#hidden.add(status.id);
      this.#apply();
    });
    const name = element("span", status.id ? { class: `mark mark-${status.id}` } : {}, status.label);
    return element("label", {}, box, " ", name);
  }

  #showLegend(): void {
    const kinds = new Map(this.#graph.nodes.map(({ kind, shape }) => [kind, shape]));
    const all = new Set(this.#graph.edges.map(({ layer }) => layer));
    const layers = all.size > 1 || !all.has("fact") ? all : []; // a plain graph claims nothing
    this.#legend.replaceChildren(
      ...[...kinds].map(([kind, shape]) => element("li", {}, swatch(shape), kind)),
      ...[...layers].map((layer) => element("li", {}, element("span", { class: `line line-${layer}` }), say(this.#words, `layer_${layer}`))),
    );
  }

  #tools(): HTMLElement {
    const tools: ReadonlyArray<readonly [string, string, () => void]> = [
      ["zoom_in", "+", () => this.#canvas.zoom("in")],
      ["zoom_out", "−", () => this.#canvas.zoom("out")],
      ["fit", say(this.#words, "fit"), () => this.#canvas.fit()],
      ["save_png", "PNG", () => void this.#canvas.png().then((image) => this.#save(image, "png"))],
      ["save_svg", "SVG", () => this.#save(new Blob([this.#canvas.svg()], { type: "image/svg+xml" }), "svg")],
    ];
    const buttons = tools.map(([key, sign, act]) => {
      const name = say(this.#words, key);
      const button = element("button", { type: "button", "aria-label": name, title: name }, sign);
      button.addEventListener("click", act);
      return button;
    });
    return element("div", { class: "graph-tools" }, ...buttons);
  }

  #save(image: Blob, suffix: string): void {
    const url = URL.createObjectURL(image);
    const way = element("a", { href: url, download: `${this.#options.name ?? "graph"}.${suffix}` });
    way.click();
    // Not at once: the browser reads the file after the click.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }
}
