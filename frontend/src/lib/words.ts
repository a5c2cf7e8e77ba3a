/** The page's words for its script, by key, in the page's language. */
export type Words = Readonly<Record<string, string>>;

/** The text of `key` with `values` in its braces; `key.one` where the count is 1 and that is there. */
export function say(words: Words, key: string, values: Record<string, string | number> = {}): string {
  const text = (values["count"] === 1 ? words[`${key}.one`] : undefined) ?? words[key] ?? words[`${key}.other`];
  if (text === undefined) throw new Error(`The page has no word ${key}.`);
  return text.replace(/\{(\w+)\}/g, (braces, name: string) => {
    const value = values[name];
    return typeof value === "number" ? value.toLocaleString(document.documentElement.lang) : (value ?? braces);
  });
}
