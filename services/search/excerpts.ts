/** Where in a text something was found. */
export type Span = { readonly start: number; readonly end: number };

/** Excerpts around what was found, each match between « and »; an identifier that matched as a whole is one match. */
export function excerptsOf(text: string, found: readonly Span[]): string[] {
  return windows(joined(text, found)).map((window) => marked(text, window));
}

type Window = Span & { readonly matches: readonly Span[] };

const MOST_EXCERPTS = 3;
const CONTEXT = 80;

/** `src/payment/keys.ts` is found word by word and reads as one. */
function joined(text: string, found: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const span of found) {
    const last = result.at(-1);
    if (last !== undefined && !/\s/.test(text.slice(last.end, span.start))) {
      result[result.length - 1] = { start: last.start, end: span.end };
    } else {
      result.push(span);
    }
  }
  return result;
}

/** Matches that lie close together share an excerpt. */
function windows(matches: readonly Span[]): Window[] {
  const result: Window[] = [];
  for (const match of matches) {
    const last = result.at(-1);
    const start = match.start - CONTEXT;
    const end = match.end + CONTEXT;
    if (last !== undefined && start <= last.end && end - last.start < 4 * CONTEXT) {
      result[result.length - 1] = { start: last.start, end, matches: [...last.matches, match] };
    } else if (result.length === MOST_EXCERPTS) {
      break;
    } else {
      result.push({ start, end, matches: [match] });
    }
  }
  return result;
}

function marked(text: string, { start, end, matches }: Window): string {
  let out = '';
  let at = wordBoundary(text, start);
  for (const match of matches) {
    out += `${text.slice(at, match.start)}«${text.slice(match.start, match.end)}»`;
    at = match.end;
  }
  return (out + text.slice(at, wordBoundary(text, end))).trim();
}

/** Moves a cut back to a space nearby, so that neither a word nor a letter of two units is cut in half. */
function wordBoundary(text: string, at: number): number {
  if (at <= 0 || at >= text.length) return Math.max(0, Math.min(at, text.length));
  const space = text.lastIndexOf(' ', at);
  if (space > at - CONTEXT / 2) return space;
  return /[\udc00-\udfff]/.test(text[at] ?? '') ? at - 1 : at;
}
