import { isObject, type JsonObject } from '../../finding/reading/json-values.ts';
import type { Draft } from '../draft.ts';
import { csafRecords, isCsaf } from './csaf.ts';
import { cycloneDxRecords, isCycloneDx } from './cyclonedx.ts';
import type { Desk } from './desk.ts';
import { attestationRecords, isAttestation } from './in-toto.ts';
import { type Slices, slicesOf } from './json-slices.ts';
import { NATIVE_FORMATS, nativeFindings, nativeFormat, nativeRecords, toolOf } from './native.ts';
import { isOpenVex, openVexRecords } from './openvex.ts';
import { isListOfResults, isSarif, sarifRecords } from './sarif.ts';
import { isSpdx2, spdx2Records } from './spdx.ts';
import { isSpdx3, spdx3Records } from './spdx3.ts';
import { isSyft, syftRecords } from './syft.ts';

export type SecurityDocument = {
  readonly format: string;
  readonly records: (desk: Desk) => Iterable<Draft>;
};

export type JsonDocument = {
  readonly slices: Slices;
  /** All of it as a value; undefined where it is too large for that. */
  readonly whole: () => unknown;
  readonly bytes: () => Buffer;
};

/** Lists that are read entry by entry. */
export const isLongList = (path: string): boolean => LONG.has(path) || isListOfResults(path);

const LONG: ReadonlySet<string> = new Set([
  ...['packages', 'components', 'services', 'vulnerabilities', 'statements', '@graph', 'artifacts'],
  ...['files', 'relationships', 'dependencies', 'snippets', 'artifactRelationships'],
]);

/** Which of the documents of this trade a JSON object is, by what stands in it. */
export function tellJson({ slices, whole, bytes }: JsonDocument, depth = 0): SecurityDocument | undefined {
  const { rest, list } = slices;
  const entries = (name: string, desk: Desk) => list(name, () => desk.lost('damaged', name)) ?? [];
  if (isSarif(rest)) return { format: 'sarif', records: (desk) => sarifRecords(slices, bytes, desk) };
  if (isCycloneDx(rest))
    return {
      format: 'cyclonedx',
      records: (desk) =>
        cycloneDxRecords(
          {
            rest,
            components: entries('components', desk),
            services: entries('services', desk),
            vulnerabilities: () => entries('vulnerabilities', desk),
          },
          desk,
        ),
    };
  if (isSpdx2(rest))
    return {
      format: 'spdx',
      records: (desk) => spdx2Records({ rest, packages: entries('packages', desk) }, desk),
    };
  if (isSpdx3(rest))
    return { format: 'spdx', records: (desk) => spdx3Records(() => entries('@graph', desk), desk) };
  if (isOpenVex(rest))
    return { format: 'vex', records: (desk) => openVexRecords(rest, entries('statements', desk), desk) };
  if (isCsaf(rest))
    return { format: 'vex', records: (desk) => csafRecords(rest, entries('vulnerabilities', desk), desk) };
  if (isAttestation(rest))
    return {
      format: 'intoto',
      records: function* (desk) {
        const value = whole();
        if (isObject(value)) yield* attestationRecords(value, insideOf, depth, desk);
        else desk.lost('too_large', '');
      },
    };
  if (isSyft(rest))
    return { format: 'syft', records: (desk) => syftRecords(rest, entries('artifacts', desk), desk) };
  return MAY_BE_NATIVE.some((key) => Object.hasOwn(rest, key)) ? tellNative(whole()) : undefined;
}

const MAY_BE_NATIVE = ['SchemaVersion', 'results', 'matches', 'site', 'data', 'check_type'];

const insideOf = (value: JsonObject, depth: number) =>
  tellJson(
    { slices: slicesOf(value), whole: () => value, bytes: () => Buffer.from(JSON.stringify(value)) },
    depth,
  )?.records;

/** A scanner's own report; `named` where the caller says whose. */
export function tellNative(value: unknown, named?: string): SecurityDocument | undefined {
  const own = named === undefined ? undefined : (ALIASES[named] ?? named);
  const format = own ?? nativeFormat(value);
  if (format === undefined || !NATIVE_FORMATS.includes(format)) return undefined;
  const tool = named ?? toolOf(format, value);
  const findings = nativeFindings(format, tool, value);
  if (findings === undefined) return undefined;
  return { format, records: (desk) => nativeRecords(format, findings, tool, desk) };
}

const ALIASES: Readonly<Record<string, string>> = { opengrep: 'semgrep', 'eslint-security': 'eslint' };

/** Whether that is a name of a scanner's own format. */
export const tellsNative = (format: string): boolean => NATIVE_FORMATS.includes(ALIASES[format] ?? format);

/** The name under which it is known here. */
export const formatNamed = (format: string): string => SAME[format] ?? ALIASES[format] ?? format;

const SAME: Readonly<Record<string, string>> = { openvex: 'vex', csaf: 'vex', sigstore: 'intoto' };
