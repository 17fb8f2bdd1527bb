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
  return packageFromMessage(textOf(objectOf(result.message).text)?.slice(0, 1000) ?? '');
}

/** trivy, grype and osv-scanner put it into the sentence alone. */
function packageFromMessage(message: string): Finding['package'] {
  for (const pattern of SENTENCES) {
    const [, name, version] = pattern.exec(message) ?? [];
    if (name !== undefined && version !== undefined)
      return { name: cleanLine(name, 256), version: cleanLine(version, 128), purl: null };
  }
  return null;
}

const SENTENCES = [
  /^Package: (\S{1,200})\r?\nInstalled Version: (\S{1,100})/,
  /vulnerability in \S{1,50} package: (\S{1,200}), version (\S{1,100}) was found/,
  /^Package '(@?[^'@\s]{1,200})@([^'\s]{1,100})' is vulnerable to/,
] as const;

const firstOf = (value: unknown): string | undefined => (Array.isArray(value) ? textOf(value[0]) : undefined);

const nameFrom = (purl: string | undefined): string | undefined =>
  purl === undefined ? undefined : /^pkg:[^/]{1,32}\/([^@?#]{1,300})/.exec(purl)?.[1]?.replace('%40', '@');

const versionFrom = (purl: string | undefined): string | undefined =>
  purl === undefined ? undefined : /@([^@?#/]{1,128})(?:[?#]|$)/.exec(purl)?.[1];
