import { readFileSync } from 'node:fs';

/** The release this process runs, as evidence and answers name it. */
export function certusVersion(): string {
  const content: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return String((content as { version: unknown }).version);
}
