/** The form in which any two spellings of a Python project's name are the same. */
export const normalised = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');

/** `name[extras]>=1,<2 ; marker` into its name, and the version when exactly one will do. */
export function parseRequirement(text: string): Requirement | null {
  const [, name, extras, rest] =
    /^([A-Za-z0-9][A-Za-z0-9._-]{0,200})\s*(\[[^\]]{0,500}\])?(.*)$/s.exec(text) ?? [];
  if (name === undefined) return null;
  const declared = (rest ?? '').split(';')[0]?.trim() ?? '';
  // A name must end where a version, an address or nothing begins.
  if (extras === undefined && declared !== '' && !/^[=<>!~@(]/.test(declared)) return null;
  const range = declared.replace(/^\(|\)$/g, '').trim();
  const pinned = /^===?\s*([^\s,*]+)$/.exec(range)?.[1] ?? null;
  return { name: normalised(name), version: pinned, range: range || null };
}

export type Requirement = {
  readonly name: string;
  readonly version: string | null;
  readonly range: string | null;
};
