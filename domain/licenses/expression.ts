import parse, { type LicenseNode } from 'spdx-expression-parse';

/** What a component may be used under: one expression over all alternatives, or null when one of them is no SPDX. */
export function licenseExpression(licenses: readonly string[]): string | null {
  const known = licenses.filter((license) => parseLicense(license) !== null);
  if (known.length === 0 || known.length !== licenses.length) return null;
  if (known.length === 1) return known[0] as string;
  return known.map((license) => (/\s/.test(license) ? `(${license})` : license)).join(' OR ');
}

/** The tree of an expression; null for what is none. A long one could nest deeper than the parser's stack. */
export function parseLicense(text: string): LicenseNode | null {
  if (text.length > MAX_LENGTH) return null;
  try {
    return parse(text);
  } catch {
    // The parser has one way only to say that a text is no expression.
    return null;
  }
}

const MAX_LENGTH = 1_000;
