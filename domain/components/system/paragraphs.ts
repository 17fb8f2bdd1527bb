type Paragraph = { readonly line: number; readonly fields: ReadonlyMap<string, string> };

/** Blocks of `name: value` lines with an empty line between, as package databases are kept. The first of a name counts. */
export function* paragraphs(text: string, pattern: RegExp): Generator<Paragraph> {
  let fields = new Map<string, string>();
  let start = 1;
  for (const [index, line] of `${text}\n`.split('\n').entries()) {
    if (line.trim() === '') {
      if (fields.size > 0) yield { line: start, fields };
      fields = new Map();
      continue;
    }
    if (fields.size === 0) start = index + 1;
    const [, name, value] = pattern.exec(line) ?? [];
    if (name !== undefined && value !== undefined && !fields.has(name)) fields.set(name, value.trim());
  }
}
