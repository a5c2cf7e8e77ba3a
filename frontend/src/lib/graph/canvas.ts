import cytoscape, { type Core, type EdgeSingular, type ElementDefinition, type StylesheetJson } from "cytoscape";
import { element } from "../dom";
import { type Colours, coloursOf } from "./colours";
import { type Bundle, type Graph, type GraphNode, bundles, caption } from "./model";
import { type Place, places } from "./places";
import { outline } from "./shapes";
import { drawing } from "./svg";
import { shareTouch } from "./touch";

const FONT = 'system-ui, "Noto Sans", "Noto Sans CJK JP", sans-serif';
const NEAR = 0.55; // below this zoom nobody can read the labels
const MARGIN = 16;
const ROOM = 640; // pixels that two sides take
const ONE_SIDE = 430; // units that one takes
const BEND = 44;
const STEP = 1.3;

/** What the canvas tells of the reader's doings. */
export interface Listener {
  selected(node: string | null): void;
  expanded(node: string): void;
}

/** A graph on a Cytoscape canvas, for the eye and the mouse; the list beside it is for all others. */
export class Canvas {
  readonly #cy: Core;
  readonly #host: HTMLElement;
  #graph: Graph = { nodes: [], edges: [] };

  constructor(host: HTMLElement, listener: Listener) {
    this.#host = host;
    reserveStyle();
    this.#cy = cytoscape({
      container: host,
      minZoom: 0.15,
      maxZoom: 3,
      userZoomingEnabled: false,
      boxSelectionEnabled: false,
      selectionType: "single",
    });
    this.#cy.on("tap", "node", ({ target }) => listener.selected(target.id()));
    this.#cy.on("dbltap", "node", ({ target }) => listener.expanded(target.id()));
    this.#cy.on("tap", (event) => event.target === this.#cy && listener.selected(null));
    // The wheel scrolls the page; it zooms only where the reader says so.
    host.addEventListener("wheel", (event) => this.#cy.userZoomingEnabled(event.ctrlKey), { capture: true });
    shareTouch(host, (two) => this.#cy.userZoomingEnabled(two));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#paint());
  }

  /** Draws a graph, the nodes in their order, and shows all of it, or what is around one node. */
  show(graph: Graph, around: string | null): void {
    this.#graph = graph;
    const drawn = bundles(graph.edges);
    const at = places(
      graph.nodes.map(({ id }) => id),
      graph.edges.map(({ source, target }) => [source, target] as const),
      { narrow: this.#narrow },
    );
    this.#cy.elements().remove();
    this.#cy.add([
      ...graph.nodes.map((node) => this.#node(node, at.get(node.id) ?? { x: 0, y: 0 })),
      ...drawn.map((bundle, place) => edge(bundle, at, alike(bundle, drawn.slice(0, place)))),
    ]);
    this.#paint();
    this.fit(around);
  }

  /** Lets only these edges, and the nodes that they leave linked, be seen. */
  keep(graph: Graph, nodes: ReadonlySet<string>): void {
    const edges = new Set(bundles(graph.edges).map(({ id }) => id));
    this.#cy.batch(() => {
      this.#cy.edges().forEach((each) => void each.toggleClass("hidden", !edges.has(each.id())));
      this.#cy.nodes().forEach((each) => void each.toggleClass("hidden", !nodes.has(each.id())));
    });
  }

  /** Marks a node and its links, and brings it into view. */
  select(node: string | null): void {
    this.#cy.elements().unselect().removeClass("near");
    if (node === null) return;
    const chosen = this.#cy.getElementById(node);
    chosen.select();
    chosen.connectedEdges().addClass("near");
    const box = chosen.renderedBoundingBox();
    const inside = box.x1 >= 0 && box.y1 >= 0 && box.x2 <= this.#cy.width() && box.y2 <= this.#cy.height();
    if (!inside) this.#cy.center(chosen);
  }

  /** Shows all that fits at a size that can be read: a node, else the first, and its neighbours. */
  fit(around: string | null = null): void {
    this.#cy.resize();
    const all = this.#cy.elements(":visible");
    const root = around === null ? this.#cy.nodes(":visible").first() : this.#cy.getElementById(around);
    this.#cy.fit(all, MARGIN);
    if (this.#cy.zoom() < NEAR) this.#cy.fit(root.closedNeighborhood(":visible"), MARGIN);
    const fitting = this.#cy.zoom();
    const readable = Math.min(1, Math.max(fitting, this.#narrow ? this.#cy.width() / ONE_SIDE : NEAR));
    if (readable === fitting) return;
    this.#cy.zoom(readable);
    this.#cy.center(readable < fitting ? all : root);
    if (this.#narrow) this.#cy.panBy({ x: (ONE_SIDE / 8 - this.#cy.width() / 2 / readable) * readable, y: 0 });
  }

  get #narrow(): boolean {
    return this.#host.clientWidth < ROOM;
  }

  /** Shows everything larger, or smaller. */
  zoom(way: "in" | "out"): void {
    const level = this.#cy.zoom() * (way === "in" ? STEP : 1 / STEP);
    this.#cy.zoom({ level, renderedPosition: { x: this.#cy.width() / 2, y: this.#cy.height() / 2 } });
  }

  /** The whole picture as PNG, twice as fine as it is shown. */
  png(): Promise<Blob> {
    return this.#cy.png({ output: "blob-promise", full: true, scale: 2, bg: coloursOf(this.#host).paper });
  }

  /** The whole picture as SVG. */
  svg(): string {
    return drawing(this.#cy, coloursOf(this.#host));
  }

  #node(node: GraphNode, position: Place): ElementDefinition {
    const side = position.x > 0 ? "right" : position.x < 0 ? "left" : "middle";
    return {
      group: "nodes",
      data: { id: node.id, label: node.label, shape: node.shape },
      position: { ...position },
      classes: [side, outline(node.shape).length ? "" : "round", /\s/.test(node.label) ? "" : "unspaced"],
    };
  }

  #paint(): void {
    const colours = coloursOf(this.#host);
    const kinds = new Set(this.#graph.nodes.map(({ shape }) => shape));
    const statuses = new Map(this.#graph.edges.flatMap(({ status }) => (status ? [[status.id, status]] : [])));
    this.#cy.style([
      ...base(colours),
      ...[...kinds].map((shape) => ({
        selector: `node[shape = ${shape}]`,
        style: {
          "background-color": colours.kind(shape),
          ...(outline(shape).length ? { "shape-polygon-points": outline(shape).flat() } : {}),
        },
      })),
      ...[...statuses.values()].map((status) => {
        const { colour } = colours.mark(status);
        return {
          selector: `edge[status = ${JSON.stringify(status.id)}]`,
          style: { "line-color": colour, "target-arrow-color": colour, color: colour },
        };
      }),
      { selector: ".hidden", style: { display: "none" } },
    ] as StylesheetJson);
    this.#cy.edges().forEach((each) => void each.data("text", signed(each, colours)));
  }
}

/** How many of these link the same two as another one does. */
function alike({ edges: [edge] }: Bundle, others: readonly Bundle[]): number {
  const ends = new Set([edge.source, edge.target]);
  return others.filter(({ edges: [other] }) => ends.has(other.source) && ends.has(other.target)).length;
}

function edge(bundle: Bundle, at: ReadonlyMap<string, Place>, place: number): ElementDefinition {
  const [first] = bundle.edges;
  const [from, to] = [Math.abs(at.get(first.source)?.x ?? 0), Math.abs(at.get(first.target)?.x ?? 0)];
  const end = to > from ? "outward" : to < from ? "inward" : "across";
  return {
    group: "edges",
    data: {
      id: bundle.id,
      source: first.source,
      target: first.target,
      caption: caption(bundle),
      status: first.status?.id ?? "",
      statusLabel: first.status?.label ?? "",
      bend: BEND * (1 + place),
    },
    classes: `${first.layer} ${end}`,
  };
}

/** The caption with the sign of the status, which says without colour what the colour says. */
function signed(each: EdgeSingular, colours: Colours): string {
  const { status, statusLabel, caption: words } = each.data() as Record<string, string>;
  const { sign } = colours.mark(status ? { id: status, label: statusLabel ?? "" } : undefined);
  return sign ? `${sign} ${words}` : `${words}`;
}

function base(colours: Colours): object[] {
  const text = { "font-family": FONT, "text-background-color": colours.paper, "text-background-opacity": 0.85 };
  const wrapped = { "text-wrap": "wrap", "text-max-width": "170px", "line-height": 1.15 };
  return [
    {
      selector: "node",
      style: {
        ...text,
        ...wrapped,
        label: "data(label)",
        shape: "polygon",
        width: 20,
        height: 20,
        color: colours.ink,
        "font-size": 12,
        "text-valign": "center",
        "text-background-padding": "2px",
        "border-width": 0,
      },
    },
    { selector: "node.unspaced", style: { "text-overflow-wrap": "anywhere" } }, // as Japanese breaks
    { selector: "node.round", style: { shape: "ellipse" } },
    { selector: "node.right", style: { "text-halign": "right", "text-margin-x": 5 } },
    { selector: "node.left", style: { "text-halign": "left", "text-margin-x": -5 } },
    { selector: "node.middle", style: { "text-valign": "bottom", "text-margin-y": 5, "font-weight": "bold", "text-max-width": "110px" } },
    { selector: "node:selected", style: { "border-width": 3, "border-color": colours.accent, width: 26, height: 26 } },
    {
      selector: "edge",
      style: {
        ...text,
        width: 1.5,
        "curve-style": "bezier",
        "control-point-step-size": 24,
        "line-color": colours.faint,
        color: colours.faint,
        "target-arrow-color": colours.faint,
        "target-arrow-shape": "triangle",
        "arrow-scale": 0.8,
        "font-size": 10,
      },
    },
    { selector: "edge.outward", style: { "target-label": "data(text)", "target-text-offset": 75, "target-text-rotation": "autorotate" } },
    { selector: "edge.inward", style: { "source-label": "data(text)", "source-text-offset": 75, "source-text-rotation": "autorotate" } },
    {
      selector: "edge.across",
      style: { label: "data(text)", "curve-style": "unbundled-bezier", "control-point-distances": "data(bend)", "control-point-weights": 0.5 },
    },
    // Where a claim and what it is made of link the same two, their words stay apart.
    { selector: "edge.content.outward", style: { "target-text-offset": 34 } },
    { selector: "edge.content.inward", style: { "source-text-offset": 34 } },
    { selector: "edge.claim", style: { "line-style": "dashed", "target-arrow-shape": "vee" } },
    { selector: "edge.content", style: { "line-style": "dotted", "target-arrow-shape": "none", width: 1 } },
    { selector: "edge.near", style: { width: 3, "z-index": 9 } },
  ];
}

/**
 * Keeps Cytoscape from writing a style element into the page, which the page's policy forbids: it
 * looks for one by this id. The rule that it would write is in our own style sheet.
 */
function reserveStyle(): void {
  const id = "__________cytoscape_stylesheet";
  if (!document.getElementById(id)) document.head.append(element("meta", { id }));
}
