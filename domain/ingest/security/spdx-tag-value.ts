import type { JsonObject } from '../../finding/reading/json-values.ts';
import type { Spdx2 } from './spdx.ts';

export const looksLikeTagValue = (head: string): boolean =>
  /^\s{0,9}(?:#[^\n]{0,500}\n\s{0,9}){0,50}SPDXVersion:\s{0,9}SPDX-2\./.test(head);

/** SPDX as lines of tags and values; a value may have several lines between `<text>` and `</text>`. */
export function spdxOfTagValue(text: string): Spdx2 {
  const rest: Record<string, unknown> = {};
  const creators: string[] = [];
  const creation: Record<string, unknown> = { creators };
  const packages: JsonObject[] = [];
  let current: Record<string, unknown> | undefined;
  let section: 'document' | 'package' | 'other' = 'document';
  for (const [tag, value] of tagsIn(text)) {
    if (tag === 'PackageName') {
      current = { name: value, externalRefs: [], checksums: [] };
      packages.push(current);
      section = 'package';
    } else if (SECTIONS.has(tag)) section = 'other';
    else if (section === 'package' && current !== undefined) addTo(current, tag, value);
    else if (section === 'document') {
      if (tag === 'Creator') creators.push(value);
      else if (tag === 'Created') creation.created = value;
      else if (Object.hasOwn(DOCUMENT, tag)) rest[DOCUMENT[tag] as string] = value;
    }
  }
  return { rest: { ...rest, creationInfo: creation }, packages };
}

/** Where something that is no package begins. */
const SECTIONS: ReadonlySet<string> = new Set([
  'FileName',
  'SnippetSPDXID',
  'LicenseID',
  'Relationship',
  'Annotator',
]);

const DOCUMENT: Readonly<Record<string, string>> = {
  SPDXVersion: 'spdxVersion',
  DocumentName: 'name',
  DocumentNamespace: 'documentNamespace',
};

const PACKAGE: Readonly<Record<string, string>> = {
  PackageVersion: 'versionInfo',
  PackageSupplier: 'supplier',
  PackageOriginator: 'originator',
  PackageDownloadLocation: 'downloadLocation',
  PackageHomePage: 'homepage',
  PackageLicenseConcluded: 'licenseConcluded',
  PackageLicenseDeclared: 'licenseDeclared',
  PackageSummary: 'summary',
  PackageDescription: 'description',
  PackageComment: 'comment',
  PrimaryPackagePurpose: 'primaryPackagePurpose',
};

function addTo(current: Record<string, unknown>, tag: string, value: string): void {
  if (Object.hasOwn(PACKAGE, tag)) current[PACKAGE[tag] as string] ??= value;
  if (tag === 'ExternalRef') {
    const [category, type, ...locator] = value.split(/\s+/, 8);
    (current.externalRefs as unknown[]).push({
      referenceCategory: category,
      referenceType: type,
      referenceLocator: locator.join(' '),
    });
  }
  if (tag === 'PackageChecksum') {
    const [algorithm, checksum] = value.split(/:\s*/, 2);
    (current.checksums as unknown[]).push({ algorithm, checksumValue: checksum });
  }
}

function* tagsIn(text: string): Generator<[tag: string, value: string]> {
  for (let at = 0; at < text.length; ) {
    const feed = text.indexOf('\n', at);
    let end = feed === -1 ? text.length : feed;
    const line = text.slice(at, Math.min(end, at + LONGEST_LINE));
    const colon = line.indexOf(':');
    const tag = line.slice(0, Math.max(0, colon)).trim();
    if (colon > 0 && /^[A-Za-z0-9]{1,60}$/.test(tag)) {
      const value = line.slice(colon + 1).trim();
      if (!value.startsWith('<text>')) yield [tag, value];
      else {
        const start = text.indexOf('<text>', at) + '<text>'.length;
        const close = text.indexOf('</text>', start);
        yield [tag, text.slice(start, Math.min(close === -1 ? end : close, start + LONGEST_TEXT))];
        if (close !== -1) end = Math.max(end, endOfLine(text, close));
      }
    }
    at = end + 1;
  }
}

const LONGEST_LINE = 10_000;
const LONGEST_TEXT = 20_000;

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}
