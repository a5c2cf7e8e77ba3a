import { element } from "../dom";
import type { Named } from "./model";
import { colourClass } from "./shapes";

/** The colours of the page's style sheets as the reader's scheme has them, for a canvas. */
export interface Colours {
  readonly ink: string;
  readonly paper: string;
  readonly faint: string;
  readonly accent: string;
  kind(shape: number): string;
  mark(status: Named | undefined): { readonly colour: string; readonly sign: string };
}

/** The colours in force inside `host`. */
export function coloursOf(host: HTMLElement): Colours {
  const variable = (name: string) => probed(host, `probe-${name}`).colour;
  return {
    ink: variable("ink"),
    paper: variable("paper"),
    faint: variable("faint"),
    accent: variable("accent"),
    kind: (shape) => probed(host, colourClass(shape)).colour,
    mark: (status) => (status ? probed(host, `mark mark-${status.id}`) : { colour: variable("faint"), sign: "" }),
  };
}

/** What the style sheets make of a class: its colour, and the sign that goes with it. */
function probed(host: HTMLElement, names: string): { colour: string; sign: string } {
  const probe = element("span", { class: names, hidden: "" });
  host.append(probe);
  const style = getComputedStyle(probe);
  const found = { colour: style.color, sign: style.getPropertyValue("--sign").replaceAll('"', "").trim() };
  probe.remove();
  return found;
}
