import {
  insertCompletionText,
  pickedCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  type CompletionSource,
} from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import type { Text } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { shorten } from "./terms";

/** A class or property: its prefixed name, and its label and description in the reader's language. */
export interface VocabularyTerm {
  readonly name: string;
  readonly kind: "class" | "property";
  readonly label: string;
  readonly about: string;
}

export interface Vocabulary {
  readonly prefixes: Readonly<Record<string, string>>;
  readonly terms: readonly VocabularyTerm[];
  /** The prefixes of what the graph is about, whose names the search knows. */
  readonly things: readonly string[];
}

const KEYWORDS = (
  "SELECT CONSTRUCT DESCRIBE ASK PREFIX BASE WHERE DISTINCT REDUCED FROM NAMED OPTIONAL UNION MINUS GRAPH FILTER " +
  "BIND VALUES UNDEF EXISTS NOT IN AS GROUP BY HAVING ORDER ASC DESC LIMIT OFFSET COUNT SUM MIN MAX AVG SAMPLE " +
  "GROUP_CONCAT SEPARATOR STR LANG LANGMATCHES DATATYPE BOUND IRI BNODE CONCAT STRLEN UCASE LCASE CONTAINS " +
  "STRSTARTS STRENDS STRBEFORE STRAFTER SUBSTR REPLACE REGEX YEAR MONTH DAY COALESCE IF isIRI isBLANK isLITERAL " +
  "isNUMERIC ABS CEIL FLOOR ROUND NOW true false"
).split(" ");
const OPAQUE = new Set(["Comment", "String", "IriRef"]);
const PLAIN = /^\w[\w-]*$/; // a local name that needs no escape
const FEWEST = 2; // letters before the search is asked

/** Completes keywords, variables, prefixes, classes and properties, and ids by the search. */
export function completions(vocabulary: Vocabulary, suggest: string): CompletionSource {
  const known = vocabulary.terms.map((term) => ({ term, option: termOption(term, vocabulary) }));
  return async (context) => {
    if (OPAQUE.has(syntaxTree(context.state).resolveInner(context.pos, -1).name)) return null;
    return (
      declarations(context, vocabulary) ??
      variables(context) ??
      (await names(context, known, vocabulary, suggest))
    );
  };
}

function declarations(context: CompletionContext, { prefixes }: Vocabulary): CompletionResult | null {
  const begun = context.matchBefore(/\bprefix\s+[\w-]*:?/i);
  if (!begun) return null;
  const options = Object.entries(prefixes).map(([prefix, namespace]) => ({
    label: `${prefix}: <${namespace}>`,
    type: "namespace",
  }));
  return { from: begun.from + /^prefix\s+/i.exec(begun.text)![0].length, options, validFor: /^[\w-]*:?$/ };
}

function variables(context: CompletionContext): CompletionResult | null {
  const begun = context.matchBefore(/[?$]\w*/);
  if (!begun) return null;
  const others = context.state.doc.toString().matchAll(/[?$]\w+/g);
  const found = new Set([...others].filter((each) => each.index !== begun.from).map(([name]) => name));
  return { from: begun.from, options: [...found].map((label) => ({ label, type: "variable" })), validFor: /^[?$]\w*$/ };
}

async function names(
  context: CompletionContext,
  known: readonly { term: VocabularyTerm; option: Completion }[],
  vocabulary: Vocabulary,
  suggest: string,
): Promise<CompletionResult | null> {
  const begun = context.matchBefore(/[\w-]*:?[\p{L}\p{N}_-]*/u);
  if (!begun || (begun.text === "" && !context.explicit)) return null;
  const typed = begun.text.toLowerCase();
  const [prefix, local] = typed.includes(":") ? (typed.split(":", 2) as [string, string]) : [null, typed];
  const options: Completion[] = [];
  if (prefix === null) options.push(...KEYWORDS.filter((word) => word.toLowerCase().startsWith(typed)).map(keyword));
  options.push(...known.filter(({ term }) => fits(term, typed, prefix)).map(({ option }) => option));
  const isThing = prefix === null ? context.explicit : vocabulary.things.includes(prefix);
  if (isThing && local.length >= FEWEST) options.push(...(await things(context, local, vocabulary, suggest)));
  return options.length ? { from: begun.from, options, filter: false } : null;
}

function fits({ name, label }: VocabularyTerm, typed: string, prefix: string | null): boolean {
  const lower = name.toLowerCase();
  if (prefix !== null) return lower.startsWith(`${prefix}:`) && lower.includes(typed.slice(prefix.length + 1));
  return lower.includes(typed) || label.toLowerCase().includes(typed);
}

async function things(context: CompletionContext, local: string, { prefixes }: Vocabulary, suggest: string): Promise<Completion[]> {
  const url = new URL(suggest, location.href);
  url.searchParams.set("q", local.replaceAll("-", " "));
  const stop = new AbortController();
  context.addEventListener("abort", () => stop.abort());
  const response = await fetch(url, { signal: stop.signal }).catch(() => null);
  if (!response?.ok) return []; // other completions are of use all the same
  const { items }: { items: { iri: string; label: string; type: string }[] } = await response.json();
  return items.map(({ iri, label, type }) => ({
    label: written(iri, prefixes),
    detail: ` ${label}`, // read out behind the name
    type: "constant",
    info: type,
    apply: applied(prefixes),
  }));
}

/** An IRI as it can stand in a query: by its prefix where no escape is needed. */
function written(iri: string, prefixes: Readonly<Record<string, string>>): string {
  const short = shorten(iri, prefixes);
  return PLAIN.test(short.slice(short.indexOf(":") + 1)) ? short : `<${iri}>`;
}

function termOption(term: VocabularyTerm, { prefixes }: Vocabulary): Completion {
  return {
    label: term.name,
    detail: ` ${term.label}`,
    type: term.kind,
    apply: applied(prefixes),
    ...(term.about ? { info: term.about } : {}),
  };
}

function keyword(label: string): Completion {
  return { label, type: "keyword" };
}

/** Inserts a completion, and above it the declaration of its prefix where that is missing. */
function applied(prefixes: Readonly<Record<string, string>>) {
  return (view: EditorView, completion: Completion, from: number, to: number): void => {
    const [prefix = ""] = completion.label.split(":");
    const namespace = completion.label.startsWith("<") ? undefined : prefixes[prefix];
    const declaration = namespace && missing(view.state.doc, prefix) ? `PREFIX ${prefix}: <${namespace}>\n` : "";
    const insertion = insertCompletionText(view.state, completion.label, from, to);
    view.dispatch({ ...insertion, annotations: pickedCompletion.of(completion) });
    if (declaration) view.dispatch({ changes: { from: afterPrologue(view.state.doc), insert: declaration } });
  };
}

function missing(text: Text, prefix: string): boolean {
  return !new RegExp(`\\bprefix\\s+${prefix}:\\s*<`, "i").test(text.toString());
}

/** Where the last declaration's line ends, or the query begins. */
function afterPrologue(text: Text): number {
  let end = 0;
  for (let number = 1; number <= text.lines; number++) {
    const line = text.line(number);
    if (/^\s*(prefix|base)\b/i.test(line.text)) end = Math.min(line.to + 1, text.length);
    else if (line.text.trim() && !line.text.trim().startsWith("#")) break;
  }
  return end;
}
