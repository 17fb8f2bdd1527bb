/** A value in a lockfile, and where it stands. */
export type YamlNode = { readonly line: number; readonly value: YamlValue };
export type YamlValue = string | null | readonly YamlNode[] | ReadonlyMap<string, YamlNode>;
