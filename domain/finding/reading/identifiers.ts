/** The public names of weaknesses and vulnerabilities in texts of a report, each once, in one spelling, sorted. */
export function identifiersIn(texts: Iterable<string>): string[] {
  const found = new Set<string>();
  for (const text of texts) {
    for (const [name] of text.slice(0, MAX_SEARCHED).matchAll(NAMES)) {
      if (found.size < MAX_IDENTIFIERS) found.add(spelling(name));
    }
  }
  return [...found].sort();
}

const MAX_SEARCHED = 10_000;
const MAX_IDENTIFIERS = 50;

const NAMES =
  /\b(?:CWE[-:_ ]{1,2}\d{1,5}|CVE-\d{4}-\d{4,10}|GHSA(?:-[2-9a-z]{4}){3}|(?:PYSEC|RUSTSEC|MAL|OSV|RSEC|EEF-CVE|BIT-[a-z0-9]{1,30}|GO)-\d{4}-\d{1,10})\b/gi;

function spelling(name: string): string {
  const upper = name.toUpperCase();
  if (upper.startsWith('CWE')) return `CWE-${Number(/\d+/.exec(name)?.[0])}`;
  return upper.startsWith('GHSA') ? `GHSA${name.slice(4).toLowerCase()}` : upper;
}

export const isAdvisory = (identifier: string): boolean => !identifier.startsWith('CWE-');

/** The name most others know an advisory by: CVE, then GitHub's, then whichever sorts first. */
export function canonicalAdvisory(identifiers: readonly string[]): string | undefined {
  const advisories = identifiers.filter(isAdvisory).sort();
  return (
    advisories.find((name) => name.startsWith('CVE-')) ??
    advisories.find((name) => name.startsWith('GHSA-')) ??
    advisories[0]
  );
}

/** One package under all its spellings: PyPI takes "_" and "." for "-", and nobody tells packages apart by their case. */
export const packageKey = (name: string): string => name.toLowerCase().replaceAll(/[_.]+/g, '-');
