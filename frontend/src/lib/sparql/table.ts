import { element } from "../dom";
import { say, type Words } from "../words";
import type { Names } from "./names";
import { comparison, isNumber, type Row } from "./terms";

const AT_ONCE = 200; // rows that are shown, and added by each "more"

/** Rows as a table that sorts by any column. The rows that it does not show yet it counts. */
export class Table {
  readonly node = element("div", { class: "results" });
  private readonly body = element("tbody");
  private readonly more = element("button", { type: "button" });
  private readonly heads: readonly HTMLTableCellElement[];
  private rows: readonly Row[];
  private shown = 0;

  constructor(
    private readonly variables: readonly string[],
    private readonly unsorted: readonly Row[],
    private readonly names: Names,
    private readonly words: Words,
  ) {
    this.rows = unsorted;
    this.heads = variables.map((variable) => this.head(variable));
    const caption = element("caption", { class: "hidden" }, say(words, "rows", { count: unsorted.length }));
    const head = element("thead", {}, element("tr", {}, ...this.heads));
    const scroller = element("div", { class: "wide", role: "region", tabindex: "0", "aria-label": say(words, "table") });
    scroller.append(element("table", {}, caption, head, this.body));
    this.more.addEventListener("click", () => this.add());
    this.node.append(scroller, this.more);
    this.add();
  }

  /** Shows the same rows anew, after the way that names are shown has changed. */
  redraw(): void {
    const count = this.shown;
    this.shown = 0;
    this.body.replaceChildren();
    this.add(count);
  }

  private add(count = AT_ONCE): void {
    const next = this.rows.slice(this.shown, this.shown + count);
    this.body.append(...next.map((row) => this.row(row)));
    this.shown += next.length;
    const left = this.rows.length - this.shown;
    this.more.hidden = left === 0;
    this.more.textContent = say(this.words, "more", { count: Math.min(left, AT_ONCE), shown: this.shown, total: this.rows.length });
  }

  private row(row: Row): HTMLTableRowElement {
    const cells = this.variables.map((variable) => {
      const term = row[variable];
      return element("td", isNumber(term) ? { class: "number" } : {}, ...(term ? [this.names.node(term)] : []));
    });
    return element("tr", {}, ...cells);
  }

  private head(variable: string): HTMLTableCellElement {
    const button = element("button", { type: "button", title: say(this.words, "sort") }, variable);
    const isNumeric = this.unsorted.every((row) => !row[variable] || isNumber(row[variable]));
    const head = element("th", { scope: "col", ...(isNumeric ? { class: "number" } : {}) }, button);
    button.addEventListener("click", () => this.sort(variable, head));
    return head;
  }

  /** Sorts upwards, then downwards, then back to the order of the result. */
  private sort(variable: string, head: HTMLTableCellElement): void {
    const next = { ascending: "descending", descending: "" }[head.ariaSort ?? ""] ?? "ascending";
    for (const each of this.heads) each.removeAttribute("aria-sort");
    if (next) head.setAttribute("aria-sort", next);
    const compare = comparison(document.documentElement.lang, (term) => this.names.text(term));
    const sign = next === "descending" ? -1 : 1;
    this.rows = next ? this.unsorted.toSorted((a, b) => sign * compare(a[variable], b[variable])) : this.unsorted;
    this.redraw();
  }
}
