import { detect } from './detect.ts';

export type Masked = { readonly text: string; readonly counts: Readonly<Record<string, number>> };

/** Replaces personal data by its kind. Of overlapping matches the longer one counts, so that text is never mangled. */
export function maskPersonalData(text: string): Masked {
  const counts: Record<string, number> = {};
  let masked = '';
  let at = 0;
  for (const { type, start, end } of detect(text)) {
    masked += `${text.slice(at, start)}[${type}]`;
    counts[type] = (counts[type] ?? 0) + 1;
    at = end;
  }
  return { text: masked + text.slice(at), counts };
}
