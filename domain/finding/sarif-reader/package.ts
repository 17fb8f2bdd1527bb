import type { Finding } from '../../../contracts/finding.ts';
import { cleanLine } from '../reading/clean-text.ts';
import { type JsonObject, objectOf, textOf } from '../reading/json-values.ts';
import type { Rule } from './rules.ts';

/** The package a result speaks of, where the tool says so in a property; SARIF itself has no place for it. */
export function packageOf(result: JsonObject, rule: Rule | undefined): Finding['package'] {
  for (const properties of [objectOf(result.properties), objectOf(rule?.descriptor.properties)]) {
    const given = objectOf(properties.package);
    const purl = textOf(given.purl) ?? textOf(properties.purl) ?? firstOf(properties.purls);
    const name =
      textOf(given.name) ?? textOf(properties.package) ?? textOf(properties.packageName) ?? nameFrom(purl);
    if (name === undefined) continue;
    const version = textOf(given.version) ?? textOf(properties.version) ?? versionFrom(purl);
    return {
      name: cleanLine(name, 256),
      version: version === undefined ? null : cleanLine(version, 128),
      purl: purl === undefined ? null : cleanLine(purl, 512),
    };
  }
  return null;
}

const firstOf = (value: unknown): string | undefined => (Array.isArray(value) ? textOf(value[0]) : undefined);

const nameFrom = (purl: string | undefined): string | undefined =>
  purl === undefined ? undefined : /^pkg:[^/]{1,32}\/([^@?#]{1,300})/.exec(purl)?.[1]?.replace('%40', '@');

const versionFrom = (purl: string | undefined): string | undefined =>
  purl === undefined ? undefined : /@([^@?#/]{1,128})(?:[?#]|$)/.exec(purl)?.[1];
