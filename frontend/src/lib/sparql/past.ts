import { element } from "../dom";

const KEY = "editorial-kg.queries";
const MOST = 50;

interface Asked {
  readonly text: string;
  /** When it was last asked, in ISO 8601. */
  readonly time: string;
}

/** The queries asked in this browser, latest first; none where it keeps nothing for us. */
export function asked(): readonly Asked[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((each) => typeof each?.text === "string" && typeof each.time === "string") : [];
  } catch {
    return []; // storage is off, or somebody else has written there
  }
}

export function remember(text: string): void {
  const others = asked().filter((each) => each.text !== text);
  keep([{ text, time: new Date().toISOString() }, ...others].slice(0, MOST));
}

export function forget(): void {
  keep([]);
}

function keep(queries: readonly Asked[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(queries));
  } catch {
    // Storage is off or full: the query has run all the same.
  }
}

/** The queries as links to themselves, each by its title or the first line that says something. */
export function listItems(titles: ReadonlyMap<string, string>): HTMLLIElement[] {
  return asked().map(({ text, time }) => {
    const link = element("a", { href: address(text) }, titles.get(text.trim()) ?? summary(text));
    const when = new Date(time).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
    return element("li", {}, link, " ", element("time", { class: "faint", datetime: time }, when));
  });
}

/** The fragment by which this page opens with a query and runs it. */
export function address(text: string): string {
  return `#query=${encodeURIComponent(text)}`;
}

/** The query that the page's own fragment asks for. */
export function fromAddress(): string | null {
  return new URLSearchParams(location.hash.slice(1)).get("query");
}

function summary(text: string): string {
  const lines = text.split("\n").map((line) => line.trim());
  const telling = lines.find((line) => line && !/^(prefix|base)\b|^#/i.test(line));
  return (telling ?? lines[0] ?? "").replace(/\s*(where)?\s*\{$/i, "").slice(0, 120);
}
