import { detect } from 'tinyld';

/** In which language a text is written, by ISO 639-1; null where it is too short to tell. */
export function languageOf(sample: string): string | null {
  const words = sample
    .slice(0, SAMPLE)
    .replace(/\[[A-Z_0-9]{2,64}\]|https?:\S{1,500}|[^\p{L}\p{M}\s'’-]+/gu, ' ');
  const text = words.replace(/\s+/g, ' ').trim();
  if ((text.match(/\p{L}/gu)?.length ?? 0) < LEAST) return null;
  return detect(text.slice(0, READ)) || null;
}

export const SAMPLE = 6000;
const READ = 2000;
const LEAST = 40;
