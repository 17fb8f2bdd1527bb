import type { Draft } from '../draft.ts';
import type { Desk } from './desk.ts';

export type PackageFacts = {
  readonly name: string;
  readonly version?: string | undefined;
  readonly licenses?: readonly string[];
  readonly purl?: string | undefined;
  readonly supplier?: string | undefined;
  readonly description?: string | undefined;
  readonly type?: string | undefined;
  readonly scope?: string | undefined;
  readonly references?: readonly string[];
  readonly digests?: readonly string[];
};

export function packageRecord(facts: PackageFacts, { safe, line, key }: Desk): Draft {
  const name = line(facts.name, 256);
  const version = facts.version === undefined ? undefined : line(facts.version, 128);
  const licenses = unique((facts.licenses ?? []).slice(0, MOST).map((license) => line(license, 200)));
  const optional = (label: string, value: string | undefined, max: number) =>
    value === undefined || value === '' ? [] : [`- ${label}: ${line(value, max)}`];
  const said = [
    ...(licenses.length === 0 ? [] : [`- Licenses: ${licenses.join(', ')}`]),
    ...optional('Supplier', supplierOf(facts.supplier), 256),
    ...optional('Package URL', facts.purl, 512),
    ...optional('Type', facts.type, 64),
    ...optional('Scope', facts.scope, 64),
    ...(facts.references ?? []).slice(0, MOST).map((reference) => `- Reference: ${line(reference, 300)}`),
    ...(facts.digests ?? []).slice(0, 4).map((digest) => `- Digest: ${line(digest, 160)}`),
  ];
  const title = version === undefined ? name : `${name} ${version}`;
  return {
    kind: 'package',
    key: key('package', facts.name, facts.version, facts.purl, facts.type),
    title,
    text: [title, said.join('\n'), facts.description === undefined ? '' : safe(facts.description, 2000)]
      .filter((part) => part !== '')
      .join('\n\n'),
    package: name,
    ...(version === undefined ? {} : { packageVersion: version }),
    ...(licenses.length === 0 ? {} : { licenses }),
    extra: {
      ...(facts.purl === undefined ? {} : { purl: line(facts.purl, 512) }),
      ...(facts.supplier === undefined ? {} : { supplier: line(supplierOf(facts.supplier) ?? '', 256) }),
      ...(facts.type === undefined ? {} : { package_type: line(facts.type, 64) }),
      ...(facts.scope === undefined ? {} : { scope: line(facts.scope, 64) }),
    },
  };
}

const MOST = 40;

/** SPDX says itself who is a person and who is not. */
const supplierOf = (supplier: string | undefined): string | undefined =>
  supplier === undefined || !/^\s*person\s*:/i.test(supplier)
    ? supplier?.replace(/^\s*Organization:\s*/i, '')
    : '[PERSON]';

const unique = (values: readonly string[]): string[] => [...new Set(values.filter((value) => value !== ''))];

export type BillFacts = {
  readonly format: string;
  readonly version?: string | undefined;
  readonly name?: string | undefined;
  readonly created?: string | undefined;
  readonly tools: readonly string[];
  readonly namespace?: string | undefined;
  readonly packages: number;
  readonly findings?: number;
};

const FORMATS: Readonly<Record<string, string>> = { spdx: 'SPDX', cyclonedx: 'CycloneDX', syft: 'Syft' };

/** A bill of materials as such. */
export function billRecord(facts: BillFacts, { line, key }: Desk): Draft {
  const { packages, findings = 0 } = facts;
  const format = FORMATS[facts.format] ?? facts.format;
  const name = facts.name === undefined ? undefined : line(facts.name, 256);
  const tools = facts.tools.slice(0, 20).map((tool) => line(tool, 200));
  const optional = (label: string, value: string | undefined) =>
    value === undefined || value === '' ? [] : [`- ${label}: ${line(value, 512)}`];
  return {
    kind: 'sbom_report',
    key: key('sbom_report', facts.format, facts.namespace, facts.name),
    title: name === undefined ? `${format} SBOM` : `${format} SBOM of ${name}`,
    text: [
      `# ${format} SBOM`,
      `${packages} packages found.${findings === 0 ? '' : ` ${findings} vulnerabilities named.`}`,
      [
        ...optional('Of', facts.name),
        ...optional('Version of the format', facts.version),
        ...optional('Created', facts.created),
        ...(tools.length === 0 ? [] : [`- Made by: ${tools.join(', ')}`]),
        ...optional('Namespace', facts.namespace),
      ].join('\n'),
    ].join('\n\n'),
    extra: { format: facts.format, packages_indexed: packages, findings_indexed: findings },
  };
}
