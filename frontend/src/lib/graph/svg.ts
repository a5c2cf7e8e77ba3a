import type { Core, EdgeSingular, NodeSingular, Position } from "cytoscape";
import type { Colours } from "./colours";
import { outline } from "./shapes";

const MARGIN = 24;
const LINE = 14; // of the canvas, at its font size of 12
const WIDTH = 170;
const ARROW = 7;
const DASHES: Readonly<Record<string, string>> = { claim: "6 3", content: "1 4" };

/** What is seen of a graph as an SVG document that needs no style sheet of ours. */
export function drawing(cy: Core, colours: Colours): string {
  const { x1, y1, w, h } = cy.elements(":visible").boundingBox();
  const box = [x1 - MARGIN, y1 - MARGIN, w + 2 * MARGIN, h + 2 * MARGIN].map((each) => Math.round(each));
  const [x, y, width, height] = box;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box.join(" ")}" width="${width}" height="${height}" font-family="sans-serif">`,
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${colours.paper}"/>`,
    ...cy.edges(":visible").map((each) => edge(each, colours)),
    ...cy.nodes(":visible").map((each) => node(each, colours)),
    "</svg>\n",
  ].join("\n");
}

function edge(each: EdgeSingular, colours: Colours): string {
  const [start, end] = [each.sourceEndpoint(), each.targetEndpoint()];
  const bend = each.controlPoints()?.[0];
  const colour = each.style("line-color") as string;
  const layer = ["fact", "claim", "content"].find((name) => each.hasClass(name)) ?? "fact";
  const path = bend ? `M${point(start)} Q${point(bend)} ${point(end)}` : `M${point(start)} L${point(end)}`;
  const dashes = DASHES[layer] ? ` stroke-dasharray="${DASHES[layer]}"` : "";
  const arrow = layer === "content" ? "" : head(bend ?? start, end, colour);
  return [
    `<path d="${path}" fill="none" stroke="${colour}" stroke-width="1.5"${dashes}/>${arrow}`,
    label(each, start, end, colour, colours.paper),
  ].join("");
}

/** The text of an edge, along it, where the canvas has it: near the outer end, else in the middle. */
function label(each: EdgeSingular, start: Position, end: Position, colour: string, paper: string): string {
  const outer = each.hasClass("content") ? 0.88 : 0.7; // so that two words for the same two stay apart
  const share = each.hasClass("outward") ? outer : 1 - outer;
  const at = each.hasClass("across")
    ? each.midpoint()
    : { x: start.x + (end.x - start.x) * share, y: start.y + (end.y - start.y) * share };
  const slope = (Math.atan2(end.y - start.y, end.x - start.x) * 180) / Math.PI;
  const upright = slope > 90 ? slope - 180 : slope < -90 ? slope + 180 : slope;
  const turn = each.hasClass("across") ? "" : ` transform="rotate(${upright.toFixed(1)} ${point(at)})"`;
  return text(each.data("text") as string, at, `text-anchor="middle" dy="0.35em" font-size="10" fill="${colour}" stroke="${paper}" stroke-width="3" paint-order="stroke"${turn}`);
}

function head(from: Position, to: Position, colour: string): string {
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  const side = (turn: number) => ({ x: to.x - ARROW * Math.cos(angle + turn), y: to.y - ARROW * Math.sin(angle + turn) });
  return `<polygon points="${point(to)} ${point(side(0.45))} ${point(side(-0.45))}" fill="${colour}"/>`;
}

function node(each: NodeSingular, colours: Colours): string {
  const at = each.position();
  const half = each.width() / 2;
  const corners = outline(each.data("shape") as number).map(([x, y]) => point({ x: at.x + x * half, y: at.y + y * half }));
  const fill = `fill="${each.style("background-color") as string}"`;
  const form = corners.length ? `<polygon points="${corners.join(" ")}" ${fill}/>` : `<circle cx="${at.x}" cy="${at.y}" r="${half}" ${fill}/>`;
  const [anchor, x, y] = each.hasClass("right")
    ? ["start", at.x + half + 5, at.y]
    : each.hasClass("left")
      ? ["end", at.x - half - 5, at.y]
      : ["middle", at.x, at.y + half + 12];
  const style = `text-anchor="${anchor}" dy="0.35em" font-size="12" fill="${colours.ink}" stroke="${colours.paper}" stroke-width="3" paint-order="stroke"`;
  const lines = wrapped(each.data("label") as string);
  const top = anchor === "middle" ? (y as number) : (y as number) - ((lines.length - 1) * LINE) / 2;
  return form + lines.map((line, row) => text(line, { x: x as number, y: top + row * LINE }, style)).join("");
}

/** The lines of a label, about as the canvas breaks it; Japanese breaks anywhere. */
function wrapped(label: string): string[] {
  const lines: string[] = [];
  for (const piece of /\s/.test(label) ? label.split(/(?<=\s)/) : [...label]) {
    const last = lines.at(-1);
    if (last !== undefined && extent(last + piece) <= WIDTH) lines[lines.length - 1] = last + piece;
    else lines.push(piece);
  }
  return lines;
}

/** About how wide a text is: letters of the East are as wide as they are high. */
function extent(words: string): number {
  return [...words].reduce((sum, letter) => sum + (letter > "\u2e80" ? 12 : 6.2), 0);
}

function text(words: string, { x, y }: Position, attributes: string): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escaped(words)}</text>`;
}

function point({ x, y }: Position): string {
  return `${x.toFixed(1)},${y.toFixed(1)}`;
}

function escaped(words: string): string {
  // Control characters are not allowed in XML, however they are written.
  const plain = words.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "");
  return plain.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
