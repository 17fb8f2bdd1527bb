export type Span = { readonly type: string; readonly start: number; readonly end: number };
/** Offsets count Unicode code points. */
export type Labelled = { readonly id: string; readonly text: string; readonly spans: readonly Span[] };

/** A text in which `⟦TYPE|what⟧` marks what is of a kind. */
export function labelled(id: string, marked: string): Labelled {
  const spans: Span[] = [];
  let text = '';
  let length = 0;
  for (const part of marked.split(/(⟦[A-Z0-9_]+\|[^⟧]*⟧)/u)) {
    const mark = /^⟦([A-Z0-9_]+)\|([^⟧]*)⟧$/u.exec(part);
    const shown = mark?.[2] ?? part;
    const size = [...shown].length;
    if (mark?.[1] !== undefined) spans.push({ type: mark[1], start: length, end: length + size });
    text += shown;
    length += size;
  }
  return { id, text, spans };
}
