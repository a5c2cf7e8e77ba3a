import { element } from "../dom";
import { type Words, say } from "../words";
import type { Graph, GraphEdge, GraphNode } from "./model";
import { swatch } from "./shapes";

let made = 0;

/** The things as a list to go through by keys (WAI-ARIA listbox), in the order of the graph. */
export class ThingList {
  readonly element: HTMLElement;
  readonly #list: HTMLElement;
  readonly #prefix = `graph-${(made += 1)}`;
  #nodes: readonly GraphNode[] = [];
  #active: string | null = null;

  constructor(words: Words, listener: { selected(node: string): void; expanded(node: string): void }) {
    const heading = element("h3", { id: `${this.#prefix}-things` }, say(words, "things"));
    const hint = element("p", { class: "faint", id: `${this.#prefix}-hint` }, say(words, "things_hint"));
    this.#list = element("ul", {
      role: "listbox",
      tabindex: "0",
      "aria-labelledby": heading.id,
      "aria-describedby": hint.id,
    });
    this.element = element("div", { class: "things" }, heading, hint, this.#list);
    this.#list.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && this.#active) listener.expanded(this.#active);
      const next = this.#next(event.key);
      if (next) listener.selected(next.id);
      if (next || event.key === "Enter") event.preventDefault();
    });
    this.#list.addEventListener("focus", () => {
      const [first] = this.#nodes;
      // A click is about the thing that is clicked.
      if (this.#active === null && first && this.#list.matches(":focus-visible")) listener.selected(first.id);
    });
    this.#list.addEventListener("click", (event) => {
      const option = (event.target as Element).closest<HTMLElement>("[role=option]");
      if (option?.dataset["node"]) listener.selected(option.dataset["node"]);
    });
  }

  show(nodes: readonly GraphNode[]): void {
    this.#nodes = nodes;
    this.#list.replaceChildren(...nodes.map((node, place) => this.#option(node, place)));
    this.select(this.#active);
  }

  select(node: string | null): void {
    this.#active = node;
    this.#list.removeAttribute("aria-activedescendant");
    for (const option of this.#list.children) {
      const chosen = option instanceof HTMLElement && option.dataset["node"] === node;
      option.setAttribute("aria-selected", String(chosen));
      if (!chosen) continue;
      this.#list.setAttribute("aria-activedescendant", option.id);
      const [top, bottom] = [option.offsetTop, option.offsetTop + option.offsetHeight];
      const { scrollTop, clientHeight } = this.#list;
      // Not scrollIntoView, which would move the page as well.
      if (top < scrollTop || bottom > scrollTop + clientHeight) this.#list.scrollTop = top - clientHeight / 2;
    }
  }

  #next(key: string): GraphNode | undefined {
    const place = this.#nodes.findIndex(({ id }) => id === this.#active);
    const last = this.#nodes.length - 1;
    const to: Readonly<Record<string, number>> = {
      ArrowDown: Math.min(place + 1, last),
      ArrowRight: Math.min(place + 1, last),
      ArrowUp: Math.max(place - 1, 0),
      ArrowLeft: Math.max(place - 1, 0),
      Home: 0,
      End: last,
    };
    const found = to[key];
    return found === undefined ? undefined : this.#nodes[found];
  }

  #option(node: GraphNode, place: number): HTMLElement {
    return element(
      "li",
      { role: "option", id: `${this.#prefix}-${place}`, "data-node": node.id, "aria-selected": "false" },
      swatch(node.shape),
      element("bdi", {}, node.label),
      element("span", { class: "faint" }, ` ${node.kind}`),
    );
  }
}

/** What is selected, with its links and ways on; says so to screen readers in one line. */
export class Details {
  readonly element: HTMLElement;
  readonly #words: Words;
  readonly #said = element("p", { role: "status" });
  readonly #body = element("div", {});

  constructor(words: Words) {
    this.#words = words;
    this.element = element("div", { class: "details" }, element("h3", {}, say(words, "details")), this.#said, this.#body);
    this.nothing();
  }

  nothing(): void {
    this.#said.textContent = say(this.#words, "nothing");
    this.#body.replaceChildren();
  }

  say(key: string, values: Record<string, string | number> = {}): void {
    this.#said.textContent = say(this.#words, key, values);
  }

  show(node: GraphNode, graph: Graph, expand: (() => void) | null): void {
    const edges = graph.edges.filter(({ source, target }) => source === node.id || target === node.id);
    this.#said.textContent = say(this.#words, "selected", { thing: node.label, kind: node.kind, count: edges.length });
    const ways = element("p", { class: "ways" });
    if (node.url) ways.append(element("a", { href: here(node.url) }, say(this.#words, "open")));
    if (expand) {
      const button = element("button", { type: "button" }, say(this.#words, "expand"));
      button.addEventListener("click", expand);
      ways.append(button);
    }
    const names = new Map(graph.nodes.map(({ id, label }) => [id, label]));
    this.#body.replaceChildren(ways, element("ul", {}, ...edges.map((each) => line(each, names))));
  }
}

function line(edge: GraphEdge, names: ReadonlyMap<string, string>): HTMLElement {
  const relation = element("bdi", {}, edge.label);
  const said = element(
    "li",
    { class: `layer-${edge.layer}` },
    element("bdi", {}, names.get(edge.source) ?? ""),
    " — ",
    edge.url ? element("a", { href: here(edge.url), title: edge.title ?? "" }, relation) : relation,
    " → ",
    element("bdi", {}, names.get(edge.target) ?? ""),
  );
  if (edge.polarity) said.append(" ", element("span", { class: `polarity polarity-${edge.polarity.id}` }, edge.polarity.label));
  if (edge.status) said.append(" ", element("span", { class: `mark mark-${edge.status.id}` }, edge.status.label));
  if (edge.by) said.append(" ", element("span", { class: "faint" }, edge.by));
  return said;
}

/** A path of ours in the language and version of this page. */
export function here(path: string): string {
  const url = new URL(path, location.href);
  for (const name of ["lang", "version"]) {
    const value = new URLSearchParams(location.search).get(name);
    if (value !== null && !url.searchParams.has(name)) url.searchParams.set(name, value);
  }
  return url.pathname + url.search + url.hash;
}
