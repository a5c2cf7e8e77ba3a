// The SPARQL page: an editor in the place of the text area, and results in place of files.
import { byId, element } from "./lib/dom";
import { completions, type Vocabulary } from "./lib/sparql/completion";
import { drawable } from "./lib/sparql/drawing";
import { createEditor } from "./lib/sparql/editor";
import { labels } from "./lib/sparql/labels";
import { Names, type Site } from "./lib/sparql/names";
import { address, forget, fromAddress, listItems, remember } from "./lib/sparql/past";
import { ask, download, Incomplete, Problem, type Answer, type Result } from "./lib/sparql/query";
import type { Triple } from "./lib/sparql/ntriples";
import { Table } from "./lib/sparql/table";
import type { Row, Term } from "./lib/sparql/terms";
import { say, type Words } from "./lib/words";

interface Format {
  readonly label: string;
  readonly type: string;
  readonly suffix: string;
}

interface Page extends Site {
  readonly endpoint: string;
  readonly suggest: string;
  readonly languages: readonly string[];
  readonly vocabulary: Vocabulary;
  readonly formats: { readonly results: readonly Format[]; readonly graphs: readonly Format[] };
  readonly words: Words;
  readonly graphWords: Words;
  readonly phrases: Record<string, string>;
}

const DRAFT = "editorial-kg.draft";
const TICK = 100; // ms

const page: Page = JSON.parse(byId("sparql-page").textContent ?? "");
const form = byId("sparql-form") as HTMLFormElement;
const area = byId("query") as HTMLTextAreaElement;
const cancel = byId("cancel") as HTMLButtonElement;
const [status, clock, problem, results] = ["status", "clock", "problem", "results"].map(byId) as [
  HTMLElement, HTMLElement, HTMLElement, HTMLElement,
];
let running: AbortController | null = null;

const editor = createEditor(byId("editor"), {
  text: fromAddress() ?? sessionStorage.getItem(DRAFT) ?? area.value,
  label: say(page.words, "query"),
  source: completions({ ...page.vocabulary, prefixes: page.prefixes }, page.suggest),
  phrases: page.phrases,
  run: () => form.requestSubmit(),
});
area.disabled = true; // the editor has its place, and its text
form.classList.add("has-editor");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = editor.text;
  if (fromAddress() !== text) history.pushState(null, "", address(text));
  void run(text);
});
cancel.addEventListener("click", () => running?.abort());
for (const event of ["hashchange", "popstate"] as const) addEventListener(event, open);
addEventListener("pagehide", () => sessionStorage.setItem(DRAFT, editor.text));
const titles = new Map<string, string>();
for (const link of document.querySelectorAll<HTMLAnchorElement>("#questions a")) {
  const text = (new URL(link.href).searchParams.get("query") ?? "").trim();
  titles.set(text, link.textContent ?? "");
  link.href = address(text); // to its result here, not to a file
}
byId("forget").addEventListener("click", () => (forget(), showPast()));
showPast();
open();

/** Runs the query of the page's address, where it has one that is not there already. */
function open(): void {
  const text = fromAddress();
  if (text === null || text === form.dataset["ran"]) return;
  editor.text = text;
  void run(text);
}

async function run(text: string): Promise<void> {
  running?.abort();
  const mine = (running = new AbortController());
  form.dataset["ran"] = text;
  const stopClock = begin();
  try {
    const answer = await ask(page.endpoint, text, { signal: mine.signal, progress: receivedSoFar });
    await show(text, answer, mine.signal);
    status.textContent = summary(answer);
  } catch (error) {
    if (running === mine) failed(error, mine.signal);
  } finally {
    stopClock();
    if (running === mine) {
      clock.textContent = "";
      cancel.disabled = true;
      results.ariaBusy = "false";
      remember(text);
      showPast();
    }
  }
}

/** Clears what the last query left, and shows that one runs; returns what stops the clock. */
function begin(): () => void {
  editor.mark(null);
  problem.replaceChildren();
  results.replaceChildren();
  results.ariaBusy = "true";
  cancel.disabled = false;
  status.textContent = say(page.words, "running");
  clock.textContent = "";
  const started = performance.now();
  const timer = setInterval(() => (clock.textContent = seconds((performance.now() - started) / 1000)), TICK);
  return () => clearInterval(timer);
}

function receivedSoFar(bytes: number): void {
  if (bytes > 1e6) status.textContent = say(page.words, "receiving", { size: (bytes / 1e6).toFixed(0) });
}

async function show(text: string, { result }: Answer, signal: AbortSignal): Promise<void> {
  if (result.kind === "boolean") {
    results.replaceChildren(element("p", { class: "verdict" }, say(page.words, result.value ? "yes" : "no")), downloads(text, result));
    return;
  }
  const [variables, rows] = tabular(result);
  const names = new Names(page, await labelled(rows.flatMap((row) => Object.values(row)), signal));
  const table = new Table(variables, rows, names, page.words);
  const picture = result.kind === "triples" ? await drawn(result.triples, names) : [];
  results.replaceChildren(tools(names, table, downloads(text, result)), ...picture, table.node);
}

/** A picture of triples where they make one that can be read. What draws it comes only then. */
async function drawn(triples: readonly Triple[], names: Names): Promise<HTMLElement[]> {
  const graph = drawable(triples, names, say(page.words, "thing"));
  if (!graph) return [];
  const { drawGraph } = await import("./lib/graph");
  const host = element("div", { class: "graph" });
  const words = { ...page.graphWords, layer_fact: say(page.words, "stated"), things_hint: say(page.words, "arrows") };
  requestAnimationFrame(() => drawGraph(host, graph, words));
  return [host];
}

/** The labels of terms, or none where they cannot be had: the result is worth showing without. */
async function labelled(terms: readonly Term[], signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  try {
    return await labels(terms, { ...page, signal });
  } catch (error) {
    if (signal.aborted) throw error;
    return new Map();
  }
}

/** A result of either kind as variables and rows. */
function tabular(result: Exclude<Result, { kind: "boolean" }>): [readonly string[], readonly Row[]] {
  if (result.kind === "table") return [result.variables, result.rows];
  const columns = ["subject", "predicate", "object"].map((each) => say(page.words, each));
  return [columns, result.triples.map((triple) => Object.fromEntries(triple.map((term, at) => [columns[at], term])))];
}

function tools(names: Names, table: Table, files: HTMLElement): HTMLElement {
  const box = element("input", { type: "checkbox", checked: "" });
  box.addEventListener("change", () => {
    names.showsLabels = box.checked;
    table.redraw();
  });
  return element("div", { class: "tools" }, files, element("label", {}, box, " ", say(page.words, "labels")));
}

function downloads(text: string, result: Result): HTMLElement {
  const formats = result.kind === "triples" ? page.formats.graphs : page.formats.results;
  const buttons = formats.map((format) => {
    const button = element("button", { type: "button" }, format.label);
    button.addEventListener("click", () => void save(text, format));
    return button;
  });
  return element("p", { class: "downloads" }, say(page.words, "download"), " ", ...buttons);
}

async function save(text: string, { type, suffix }: Format): Promise<void> {
  const mine = new AbortController();
  try {
    const url = URL.createObjectURL(await download(page.endpoint, text, type, mine.signal));
    element("a", { href: url, download: `result.${suffix}` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000); // the browser may still read it
  } catch (error) {
    failed(error, mine.signal);
  }
}

function summary({ result, seconds: taken, cached }: Answer): string {
  const count = result.kind === "table" ? result.rows.length : result.kind === "triples" ? result.triples.length : null;
  const what = count === null ? "" : `${say(page.words, result.kind === "table" ? "rows" : "triples", { count })}, `;
  return what + seconds(taken) + (cached ? ` (${say(page.words, "cached")})` : "");
}

function failed(error: unknown, signal: AbortSignal): void {
  results.replaceChildren();
  if (signal.aborted) {
    status.textContent = say(page.words, "cancelled", { after: clock.textContent || seconds(0) });
    return;
  }
  status.textContent = say(page.words, "failed");
  if (error instanceof Problem) told(error);
  else if (error instanceof Incomplete) problem.replaceChildren(say(page.words, "incomplete"));
  else problem.replaceChildren(say(page.words, "unreachable"));
  if (!(error instanceof Problem || error instanceof Incomplete || error instanceof TypeError)) throw error;
}

/** What the server says is wrong, with a mark in the editor and a way to it where it says where. */
function told({ message, line, column }: Problem): void {
  problem.replaceChildren(element("span", {}, message));
  if (line === undefined || column === undefined) return;
  editor.mark({ line, column, message });
  const way = element("button", { type: "button" }, say(page.words, "place", { line, column }));
  way.addEventListener("click", () => editor.goTo(line, column));
  problem.prepend(way, " ");
}

function showPast(): void {
  const items = listItems(titles);
  byId("past").replaceChildren(...items);
  byId("history").hidden = items.length === 0;
}

function seconds(count: number): string {
  return say(page.words, "seconds", { count: count < 10 ? count.toFixed(2) : count.toFixed(1) });
}
