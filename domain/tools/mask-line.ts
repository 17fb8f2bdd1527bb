import { hideKnownForms } from '../finding/reading/conceal.ts';
import { maskSecrets } from '../secrets/mask-secrets.ts';

/**
 * Lines of a tool's output as a log may keep them: tools quote the source, and with it its secrets. One that cannot be
 * looked at is not shown at all. A private key has many lines, of which none looks like one.
 */
export function createLineMask(): (line: string) => string {
  let insideKey = false;
  return (line) => {
    const begins = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY/.test(line);
    const hidden = insideKey || begins;
    insideKey = hidden && !/-----END [A-Z ]{0,40}PRIVATE KEY/.test(line);
    if (hidden) return '[private key]';
    try {
      return hideKnownForms(maskSecrets(line));
    } catch {
      return '[line withheld: it could not be searched for secrets]';
    }
  };
}
