/** One way in that a server offers in `WWW-Authenticate`. */
export type Challenge = { readonly scheme: string; readonly parameters: Readonly<Record<string, string>> };

/** RFC 9110 challenges, as many as there are; what cannot be read is left out, and nothing in it is believed. */
export const parseChallenges = (header: string): Challenge[] => {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  for (const [, scheme, name, quoted, plain] of header.slice(0, LONGEST).matchAll(TOKEN)) {
    if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: {} });
    else if (name !== undefined) {
      const value = quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '';
      const parameters = challenges.at(-1)?.parameters;
      if (parameters !== undefined) parameters[name.toLowerCase()] ??= value;
    }
  }
  return challenges;
};

const LONGEST = 8192;

/** Either `name=value`, or a word that stands alone and so begins a challenge. */
const TOKEN =
  /([A-Za-z][A-Za-z0-9-]*)(?=\s+[A-Za-z_]+\s*=|\s*(?:,|$))|([A-Za-z_]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g;
