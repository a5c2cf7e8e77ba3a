/** A place on the canvas, in its own units. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

const ROW = 40;
const GAP = 2 * ROW;
/** How far columns are apart, and how many sides they are on, where there is room or little of it. */
const WIDE = { column: 300, sides: 2 } as const;
const NARROW = { column: 170, sides: 1 } as const;

type Form = typeof WIDE | typeof NARROW;

type Neighbours = ReadonlyMap<string, readonly string[]>;

/**
 * Where nodes go: the first of each connected part in the middle, its neighbours in columns to both
 * sides (to the right alone where it is narrow), theirs in further columns behind them. So every label has a line of its own, and the same
 * graph always looks the same.
 */
export function places(
  nodes: readonly string[],
  edges: Iterable<readonly [string, string]>,
  { narrow }: { narrow: boolean },
): Map<string, Place> {
  const form = narrow ? NARROW : WIDE;
  const neighbours = linked(nodes, edges);
  const found = new Map<string, Place>();
  let bottom: number | null = null;
  for (const root of nodes) {
    if (found.has(root)) continue;
    const part = around(root, neighbours, form);
    const heights = [...part.values()].map(({ y }) => y);
    const down: number = bottom === null ? 0 : bottom + GAP - Math.min(...heights);
    for (const [node, { x, y }] of part) found.set(node, { x, y: y + down });
    bottom = Math.max(...heights) + down;
  }
  return found;
}

function linked(nodes: readonly string[], edges: Iterable<readonly [string, string]>): Neighbours {
  const found = new Map<string, string[]>(nodes.map((node) => [node, []]));
  for (const [one, other] of edges) {
    found.get(one)?.push(other);
    found.get(other)?.push(one);
  }
  return found;
}

function around(root: string, neighbours: Neighbours, form: Form): Map<string, Place> {
  const found = new Map<string, Place>([[root, { x: 0, y: 0 }]]);
  const seen = new Set([root]);
  const first = fresh([root], neighbours, seen);
  const half = form.sides === 1 || first.length < 3 ? first.length : Math.ceil(first.length / 2);
  const grow = (column: readonly string[], side: 1 | -1) => {
    for (let depth = 1, next = column; next.length; depth += 1) {
      const heights = spread(next.map((node) => heightBy(node, neighbours, found)));
      next.forEach((node, row) => found.set(node, { x: side * depth * form.column, y: heights[row] ?? 0 }));
      next = fresh(next, neighbours, seen);
    }
  };
  grow(first.slice(0, half), 1);
  grow(first.slice(half), -1);
  return found;
}

/** The height of the neighbour by which a node was reached: the first that has a place. */
function heightBy(node: string, neighbours: Neighbours, found: ReadonlyMap<string, Place>): number {
  const known = (neighbours.get(node) ?? []).find((each) => found.has(each));
  return (known && found.get(known)?.y) || 0;
}

/** Heights in the same order, a row apart at the least, and on the whole as near as they were. */
function spread(wanted: readonly number[]): number[] {
  const apart: number[] = [];
  for (const height of wanted) apart.push(Math.max(height, (apart.at(-1) ?? -Infinity) + ROW));
  const off = apart.reduce((sum, height, row) => sum + height - (wanted[row] ?? 0), 0) / apart.length;
  return apart.map((height) => height - off);
}

/** The neighbours of these that nobody has seen yet, in order. */
function fresh(nodes: readonly string[], neighbours: Neighbours, seen: Set<string>): string[] {
  const found: string[] = [];
  for (const node of nodes) {
    for (const each of neighbours.get(node) ?? []) {
      if (seen.has(each)) continue;
      seen.add(each);
      found.push(each);
    }
  }
  return found;
}
