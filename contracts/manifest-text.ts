import { z } from 'zod';

/** A name: shown in logs, on terminals and in pages, where a control character is an attack. */
export const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'must not contain control characters');

/** What people write to people: may have several lines. */
export const sentence = (max: number) =>
  z
    .string()
    .max(max)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
    .regex(/^[^\u0000-\u0008\u000b-\u001f\u007f]*$/, 'must not contain control characters');

/** A manifest lies in a repository and in every bundle: a password in one of its links would lie there too. */
export const link = () =>
  z
    .url({ protocol: /^https?$/, error: 'is not an http:// or https:// address' })
    .max(2048)
    .refine(
      (given) => !URL.canParse(given) || `${new URL(given).username}${new URL(given).password}` === '',
      'must not hold credentials',
    );

/** Reads as a file and not as a misspelt tool: it lies in a folder, or has an extension. */
export const isBundleFile = (path: string): boolean =>
  /^\w[\w.-]*(\/\w[\w.-]*)*$/.test(path) && /[/.]/.test(path);
