// The reader's own copy of an article against the passages of the graph: the same check as the
// command `kg verify`, in the browser, so that the text goes nowhere.

interface Passage {
  id: string;
  label: string;
  charStart: number;
  charEnd: number;
  sha256: string;
}

interface Article {
  textLength: number;
  sha256: string;
}

interface Page<T> {
  items: T[];
  next: string | null;
}

interface Checked {
  passage: Passage;
  start: number;
  end: number;
  right: boolean;
}

const section = document.querySelector<HTMLElement>("#own-copy");
if (section) start(section);

function start(section: HTMLElement): void {
  const file = part<HTMLInputElement>(section, "input[type=file]");
  const pasted = part<HTMLTextAreaElement>(section, "textarea");
  const button = part<HTMLButtonElement>(section, "button");
  part<HTMLElement>(section, ".controls").hidden = false;
  part<HTMLElement>(section, ".without-script").hidden = true;
  file.addEventListener("change", () => {
    const chosen = file.files?.[0];
    if (chosen) void run(section, async () => decoded(await chosen.arrayBuffer()));
  });
  button.addEventListener("click", () => void run(section, async () => pasted.value));
}

/** Check a text and show what came of it; what fails is said where the result would stand. */
async function run(section: HTMLElement, read: () => Promise<string>): Promise<void> {
  const said = part<HTMLElement>(section, "[role=status]");
  const shown = part<HTMLElement>(section, ".own-text");
  shown.replaceChildren();
  said.textContent = text(section, "checking");
  try {
    const [own, article, passages] = await Promise.all([read(), wanted(section), known(section)]);
    const points = Array.from(normalised(own));
    const checked = await check(points, article, passages);
    const whole = (await digest(points.join(""))) === article.sha256;
    said.textContent = summary(section, checked, whole);
    show(shown, section, points, checked);
  } catch (error) {
    said.textContent = `${text(section, "failed")} ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** UTF-8 only, as the graph's offsets are counted; a byte order mark is no part of the text. */
function decoded(bytes: ArrayBuffer): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

/** NFC, LF line ends, no final newline: what offsets count. */
function normalised(own: string): string {
  return own.replace(/\r\n?/g, "\n").normalize("NFC").replace(/\n+$/, "");
}

async function check(points: string[], article: Article, passages: Passage[]): Promise<Checked[]> {
  const grown = points.length - article.textLength;
  const inOrder = [...passages].sort((a, b) => a.charStart - b.charStart);
  return Promise.all(inOrder.map((passage) => place(points, passage, grown)));
}

/** A passage where its offsets say, or as far behind them as the text has grown. */
async function place(points: string[], passage: Passage, grown: number): Promise<Checked> {
  for (const moved of new Set([0, grown])) {
    const start = Math.max(0, passage.charStart + moved);
    const end = Math.max(0, passage.charEnd + moved);
    const right = (await digest(points.slice(start, end).join(""))) === passage.sha256;
    if (right) return { passage, start, end, right };
  }
  return { passage, start: passage.charStart, end: passage.charEnd, right: false };
}

async function digest(words: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(words)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function wanted(section: HTMLElement): Promise<Article> {
  return json<Article>(section.dataset["article"] ?? "");
}

async function known(section: HTMLElement): Promise<Passage[]> {
  const found: Passage[] = [];
  let next: string | null = section.dataset["passages"] ?? "";
  while (next) {
    const page: Page<Passage> = await json<Page<Passage>>(next);
    found.push(...page.items);
    next = page.next;
  }
  return found;
}

async function json<T>(url: string): Promise<T> {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
  return (await answer.json()) as T;
}

function summary(section: HTMLElement, checked: Checked[], whole: boolean): string {
  const wrong = checked.filter((each) => !each.right).map((each) => each.passage.label);
  if (wrong.length > 0) {
    return `${text(section, "differs")} ${wrong.join(" · ")}`;
  }
  return text(section, whole ? "same" : "passages").replace("{count}", String(checked.length));
}

/** The text with each passage as a link to its items; a stretch that two passages claim stands once. */
function show(shown: HTMLElement, section: HTMLElement, points: string[], checked: Checked[]): void {
  let at = 0;
  for (const each of [...checked].sort((a, b) => a.start - b.start)) {
    const start = Math.max(at, each.start);
    shown.append(points.slice(at, start).join(""));
    if (each.end > start) {
      shown.append(linked(section, each, points.slice(start, each.end).join("")));
      at = each.end;
    }
  }
  shown.append(points.slice(at).join(""));
  shown.hidden = false;
}

function linked(section: HTMLElement, each: Checked, words: string): HTMLElement {
  const link = document.createElement("a");
  link.href = `#${each.passage.id.split("/").pop() ?? ""}`;
  link.textContent = words;
  link.title = each.passage.label;
  if (each.right) return link;
  const mark = document.createElement("mark");
  const note = document.createElement("strong");
  note.textContent = ` [${each.passage.label}: ${text(section, "other_words")}] `;
  mark.append(link, note);
  return mark;
}

/** A text of the page's language. */
function text(section: HTMLElement, name: string): string {
  return part<HTMLTemplateElement>(section, `template[data-text="${name}"]`).content.textContent ?? "";
}

function part<T extends Element>(within: Element, selector: string): T {
  const found = within.querySelector<T>(selector);
  if (!found) throw new Error(`The page lacks ${selector}.`);
  return found;
}
