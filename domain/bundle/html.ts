/** Markup that is made of our own words and escaped foreign ones; only `html` makes it. */
export type Html = { readonly markup: string };
type Part = string | number | Html | null | readonly Html[];

/**
 * The page is opened in somebody's browser with everything that a hostile repository could get into a finding: what is
 * filled in is text, wherever it stands.
 */
export function html(words: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { markup: words.reduce((before, word, at) => before + rendered(parts[at - 1] ?? null) + word) };
}

function rendered(part: Part): string {
  if (part === null) return '';
  if (typeof part === 'string') return escaped(part);
  if (typeof part === 'number') return part.toLocaleString('en');
  return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('');
}

/** Characters that turn the direction of writing would let a path show itself as another; line ends and tabs may stay. */
const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(/(?![\n\t])[\p{Cc}\p{Cf}]/gu, ' ')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
