import { element } from "../dom";
import { shorten, XSD, type Term } from "./terms";

export interface Site {
  /** The path that the service is mounted under. */
  readonly root: string;
  /** What the IRIs begin with whose documents are pages of ours. */
  readonly namespaces: readonly string[];
  readonly prefixes: Readonly<Record<string, string>>;
  /** The language and version that the reader has chosen, as a query string with its "?", or "". */
  readonly kept: string;
}

/** How the terms of one result are shown: by their labels and with links, or as they stand. */
export class Names {
  showsLabels = true;

  constructor(
    private readonly site: Site,
    private readonly labels: ReadonlyMap<string, string>,
  ) {}

  text(term: Term): string {
    if (term.type === "bnode") return `_:${term.value}`;
    if (term.type === "triple") return quoted(term, (part) => this.text(part));
    if (term.type !== "uri") return term.value;
    return (this.showsLabels ? this.labels.get(term.value) : undefined) ?? shorten(term.value, this.site.prefixes);
  }

  /** A term as content of a page: IRIs lead somewhere, texts say their language and datatype. */
  node(term: Term): Node {
    const text = element("bdi", {}, this.text(term));
    if (term.type === "uri") return this.link(term.value, text);
    if (term["xml:lang"]) {
      text.lang = term["xml:lang"];
      return element("span", {}, text, " ", element("span", { class: "tag" }, term["xml:lang"]));
    }
    if (term.datatype && term.datatype !== `${XSD}string`) text.title = shorten(term.datatype, this.site.prefixes);
    return text;
  }

  /** Where an IRI leads: to a page of ours, else to the web, else nowhere. */
  address(iri: string): string | null {
    const { root, namespaces, kept } = this.site;
    const namespace = namespaces.find((each) => iri.startsWith(each));
    if (namespace === undefined) return /^https?:\/\//.test(iri) ? iri : null;
    const [path = "", fragment] = iri.slice(namespace.length).split("#", 2);
    return `${root}/${path}${kept}${fragment ? `#${fragment}` : ""}`;
  }

  private link(iri: string, text: HTMLElement): HTMLElement {
    const href = this.address(iri);
    if (href === iri) return element("a", { href, rel: "external noreferrer" }, text);
    if (href !== null) return element("a", { href, title: iri }, text);
    text.title = iri;
    return text;
  }
}

/** A triple term (SPARQL 1.2) on one line. */
function quoted(term: Term, text: (part: Term) => string): string {
  const parts = term.value as unknown as Readonly<Record<"subject" | "predicate" | "object", Term>>;
  return `<<( ${text(parts.subject)} ${text(parts.predicate)} ${text(parts.object)} )>>`;
}
