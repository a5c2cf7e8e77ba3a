import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, type CompletionSource } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, LanguageSupport, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, highlightActiveLine, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { styleTags, tags } from "@lezer/highlight";
import { SparqlLanguage } from "codemirror-lang-sparql";

export interface Editor {
  text: string;
  focus(): void;
  /** Marks what is wrong at a line and column (from 1, in characters), or nothing any more. */
  mark(wrong: { line: number; column: number; message: string } | null): void;
  /** Puts the cursor where the mark is. */
  goTo(line: number, column: number): void;
}

// The package leaves prefixed names without a style of their own.
const LANGUAGE = SparqlLanguage.configure({
  props: [styleTags({ "Pname_ln Pname_ns PrefixedName": tags.namespace, A_predicate: tags.keyword })],
});
const HIGHLIGHT = HighlightStyle.define([
  { tag: tags.keyword, color: "light-dark(#7a1fa2, #d7a6f5)", fontWeight: "600" },
  { tag: tags.variableName, color: "light-dark(#0b5394, #8ab8f0)" },
  { tag: [tags.string, tags.special(tags.string)], color: "light-dark(#9c3a00, #f2b38a)" },
  { tag: [tags.number, tags.bool, tags.integer, tags.float], color: "light-dark(#8a2252, #f3a6c8)" },
  { tag: [tags.url, tags.namespace, tags.typeName], color: "light-dark(#1b6b3a, #8fd6a8)" },
  { tag: tags.comment, color: "var(--faint)", fontStyle: "italic" },
]);

const THEME = EditorView.theme({
  "&": { blockSize: "100%", color: "var(--ink)", backgroundColor: "var(--paper)", fontSize: "0.925rem" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "ui-monospace, monospace", lineHeight: "1.5" },
  ".cm-content": { caretColor: "var(--ink)", paddingBlock: "0.5rem" },
  ".cm-gutters": { color: "var(--faint)", backgroundColor: "var(--raised)", borderInlineEnd: "1px solid var(--line)" },
  ".cm-activeLine": { backgroundColor: "light-dark(#0b539409, #8ab8f012)" },
  ".cm-tooltip": { color: "var(--ink)", backgroundColor: "var(--raised)", border: "1px solid var(--line)", maxInlineSize: "90vw" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "inherit", maxBlockSize: "16em" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.2em 0.5em", lineHeight: "1.5" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { color: "var(--on-accent)", backgroundColor: "var(--accent)" },
  ".cm-completionDetail": { fontStyle: "normal", marginInlineStart: "1em", opacity: "0.85" },
  ".cm-completionInfo": { maxInlineSize: "24rem", fontFamily: "system-ui, sans-serif" },
  ".cm-diagnostic-error": { borderInlineStart: "4px solid var(--error)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "light-dark(#cfe3f7, #2c4a69)" },
});

// Where typing replaces a selection, Chromium keeps its looks by inline styles, which the policy of
// our pages refuses loudly. So the editor replaces the text itself, as it does for pasted text.
const REPLACING = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { data, inputType, isComposing } = event;
    const { from, to, empty } = view.state.selection.main;
    if (inputType !== "insertText" || isComposing || !data || empty) return false;
    event.preventDefault();
    const insert = () => view.state.update(view.state.replaceSelection(data), { userEvent: "input.type" });
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handle) => handle(view, from, to, data, insert))) view.dispatch(insert());
    return true;
  },
});

/**
 * A SPARQL editor inside `host`. It lives in a shadow root, where CodeMirror's styles are adopted
 * sheets: the policy of our pages lets no script write a style element into the document.
 */
export function createEditor(
  host: HTMLElement,
  options: { text: string; label: string; source: CompletionSource; phrases: Record<string, string>; run: () => void },
): Editor {
  const root = host.attachShadow({ mode: "open" });
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => (options.run(), true) }])),
        lineNumbers(),
        lintGutter(),
        history(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        highlightSpecialChars(),
        autocompletion({ override: [options.source] }),
        new LanguageSupport(LANGUAGE),
        syntaxHighlighting(HIGHLIGHT),
        REPLACING,
        THEME,
        EditorView.lineWrapping,
        EditorState.phrases.of(options.phrases),
        EditorView.contentAttributes.of({ "aria-label": options.label, autocapitalize: "off", translate: "no" }),
        // No binding for Tab: it leaves the editor, as everywhere on the page.
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap]),
      ],
    }),
  });
  return new CodeMirrorEditor(view);
}

class CodeMirrorEditor implements Editor {
  constructor(private readonly view: EditorView) {}

  get text(): string {
    return this.view.state.doc.toString();
  }

  set text(text: string) {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
  }

  focus(): void {
    this.view.focus();
  }

  mark(wrong: { line: number; column: number; message: string } | null): void {
    const found = wrong ? [{ ...this.span(wrong), severity: "error" as const, message: wrong.message }] : [];
    this.view.dispatch(setDiagnostics(this.view.state, found));
  }

  goTo(line: number, column: number): void {
    this.view.dispatch({ selection: { anchor: this.span({ line, column }).from }, scrollIntoView: true });
    this.view.focus();
  }

  /** The word at a place, or the character there, or the one before the end. */
  private span({ line, column }: { line: number; column: number }): { from: number; to: number } {
    const { doc } = this.view.state;
    const text = doc.line(Math.min(Math.max(line, 1), doc.lines));
    const before = [...text.text].slice(0, column - 1).join("").length; // characters, not UTF-16
    const from = Math.min(text.from + before, text.to);
    const word = /^[\w?$:-]+/.exec(text.text.slice(from - text.from))?.[0].length ?? 1;
    const to = Math.min(from + word, text.to);
    return to > from ? { from, to } : { from: Math.max(from - 1, text.from), to };
  }
}
