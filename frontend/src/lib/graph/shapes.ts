/** The outline of a node: corners between -1 and 1, or a circle where there are none. */
export type Outline = readonly (readonly [x: number, y: number])[];

const regular = (corners: number, turn = 0): Outline =>
  Array.from({ length: corners }, (_, n) => {
    const angle = 2 * Math.PI * (n / corners - 1 / 4) + turn;
    return [Math.cos(angle), Math.sin(angle)] as const;
  });

const star = (points: number): Outline =>
  regular(2 * points).map(([x, y], n) => (n % 2 ? ([x / 2, y / 2] as const) : ([x, y] as const)));

const OUTLINES: readonly Outline[] = [
  [],
  [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]],
  regular(4),
  regular(3),
  regular(6),
  [[-0.4, -1], [0.4, -1], [1, 0.9], [-1, 0.9]],
  regular(5),
  star(5),
  regular(8, Math.PI / 8),
  [[-0.5, -0.9], [1, -0.9], [0.5, 0.9], [-1, 0.9]],
  [[-1, -0.6], [1, -0.6], [1, 0.6], [-1, 0.6]],
  [[-1, -0.9], [1, -0.9], [0, 0.9]],
  star(4),
];

/** How many colours there are for kinds (`kind-0` … in the style sheet). */
const COLOURS = 7;

/** The outline for a kind's number: each its own, as far as they go. */
export function outline(shape: number): Outline {
  return OUTLINES[shape % OUTLINES.length] ?? [];
}

/** The class that has the colour for a kind's number. */
export function colourClass(shape: number): string {
  return `kind-${shape % COLOURS}`;
}

const SVG = "http://www.w3.org/2000/svg";

/** A small drawing of a kind's outline, in the colour of its class, for legends and lists. */
export function swatch(shape: number): SVGSVGElement {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "-1.1 -1.1 2.2 2.2");
  drawing.setAttribute("class", `swatch ${colourClass(shape)}`);
  drawing.setAttribute("aria-hidden", "true");
  const corners = outline(shape);
  const form = document.createElementNS(SVG, corners.length ? "polygon" : "circle");
  if (corners.length) form.setAttribute("points", corners.map((each) => each.join(",")).join(" "));
  else form.setAttribute("r", "1");
  drawing.append(form);
  return drawing;
}
