// Type-ahead: an input with data-suggest becomes a combobox (WAI-ARIA APG, list autocomplete with
// manual selection). A choice leads to the thing's page, or with data-suggest-fills="id" is filled in.

interface Suggestion {
  id: string;
  type: string;
  label: string;
  url: string;
}

const PAUSE = 120; // milliseconds without a key before we ask

document.querySelectorAll<HTMLInputElement>("input[data-suggest]").forEach(suggest);

function suggest(input: HTMLInputElement): void {
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = `${input.id}-list`;
  list.role = "listbox";
  list.ariaLabel = input.labels?.[0]?.textContent ?? "";
  list.hidden = true;
  input.after(list);
  input.role = "combobox";
  input.autocomplete = "off";
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.ariaExpanded = "false";

  let found: Suggestion[] = [];
  let active = -1;
  let timer = 0;
  let asking = new AbortController();

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(ask, PAUSE);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) move(step);
    else if (event.key === "Enter" && active >= 0) choose(active);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus
  list.addEventListener("click", (event) => {
    const option = (event.target as Element).closest("[role=option]");
    if (option) choose([...list.children].indexOf(option));
  });

  async function ask(): Promise<void> {
    asking.abort();
    asking = new AbortController();
    const words = input.value.trim();
    if (!words) return close();
    try {
      const answer = await fetch(kept(input.dataset["suggest"]!, { q: words }), {
        signal: asking.signal,
        headers: { Accept: "application/json" },
      });
      const body = answer.ok ? ((await answer.json()) as { items: Suggestion[] }) : { items: [] };
      found = body.items.filter((each) => each.url);
      show();
    } catch {
      close(); // asked anew meanwhile, or offline: the form works without
    }
  }

  function show(): void {
    list.replaceChildren(...found.map(option));
    list.hidden = found.length === 0 || document.activeElement !== input;
    input.ariaExpanded = String(!list.hidden);
    mark(-1);
  }

  function option(each: Suggestion, index: number): HTMLElement {
    const item = document.createElement("li");
    const label = document.createElement("bdi");
    const kind = document.createElement("span");
    item.role = "option";
    item.id = `${list.id}-${index}`;
    label.textContent = each.label;
    kind.textContent = each.type;
    item.append(label, " ", kind);
    return item;
  }

  function move(step: number): void {
    const count = found.length + 1; // one place is the input itself
    mark(((active + 1 + step + count) % count) - 1);
  }

  function mark(index: number): void {
    active = index;
    [...list.children].forEach((each, place) => (each.ariaSelected = String(place === index)));
    if (index < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", `${list.id}-${index}`);
    list.children[index]!.scrollIntoView({ block: "nearest" });
  }

  function choose(index: number): void {
    const chosen = found[index]!;
    close();
    if (input.dataset["suggestFills"] === "id") input.value = chosen.id;
    else location.assign(kept(chosen.url));
  }

  function close(): void {
    clearTimeout(timer);
    asking.abort();
    list.hidden = true;
    input.ariaExpanded = "false";
    mark(-1);
  }

  /** A URL with the language and the version that the form carries. */
  function kept(path: string, parameters: Record<string, string> = {}): string {
    const url = new URL(path, location.href);
    const hidden = input.form?.querySelectorAll<HTMLInputElement>("input[type=hidden]") ?? [];
    hidden.forEach((each) => url.searchParams.set(each.name, each.value));
    Object.entries(parameters).forEach(([name, value]) => url.searchParams.set(name, value));
    return url.href;
  }
}
