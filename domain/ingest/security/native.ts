import { CertusError } from '../../../contracts/errors.ts';
import { readBandit } from '../../finding/readers/bandit.ts';
import { readCheckov } from '../../finding/readers/checkov.ts';
import { readDetectSecrets } from '../../finding/readers/detect-secrets.ts';
import { readEslint } from '../../finding/readers/eslint.ts';
import { readGrype } from '../../finding/readers/grype.ts';
import type { NativeReader } from '../../finding/readers/native-reader.ts';
import { readOsvScanner } from '../../finding/readers/osv-scanner.ts';
import { readRetireJs } from '../../finding/readers/retire-js.ts';
import { readRuff } from '../../finding/readers/ruff.ts';
import { readTrivy } from '../../finding/readers/trivy.ts';
import { readZap } from '../../finding/readers/zap.ts';
import { isObject, listOf, numberOf, objectOf, textOf } from '../../finding/reading/json-values.ts';
import { createProblems } from '../../finding/reading/problems.ts';
import { sourcePath } from '../../finding/reading/source-path.ts';
import type { Draft } from '../draft.ts';
import { type Desk, recordsOf } from './desk.ts';
import { findingRecord } from './finding-record.ts';
import { readGitleaks } from './gitleaks.ts';
import { readHadolint } from './hadolint.ts';
import { reportRecord, tally } from './report-record.ts';
import { readSemgrep } from './semgrep.ts';

type Native = {
  readonly read: NativeReader;
  /** Whether a value is one, told by what no other has. */
  readonly is: (value: unknown) => boolean;
};

const object = (test: (value: Readonly<Record<string, unknown>>) => boolean) => (value: unknown) =>
  isObject(value) && test(value);

/** A list whose first entries all look like it. */
const list = (test: (entry: Readonly<Record<string, unknown>>) => boolean) => (value: unknown) =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.slice(0, 5).every((entry) => isObject(entry) && test(entry));

const has = (value: Readonly<Record<string, unknown>>, ...keys: string[]): boolean =>
  keys.every((key) => Object.hasOwn(value, key));

const NATIVE: Readonly<Record<string, Native>> = {
  trivy: {
    read: readTrivy,
    is: object(
      (value) =>
        numberOf(value.SchemaVersion) !== undefined && (has(value, 'ArtifactName') || has(value, 'Results')),
    ),
  },
  grype: {
    read: readGrype,
    is: object(
      (value) => Array.isArray(value.matches) && (has(value, 'descriptor') || isMatch(value.matches[0])),
    ),
  },
  bandit: {
    read: readBandit,
    is: object(
      (value) => Array.isArray(value.results) && has(value, 'metrics', 'errors') && isObject(value.metrics),
    ),
  },
  semgrep: {
    read: readSemgrep,
    is: object(
      (value) =>
        Array.isArray(value.results) &&
        (has(objectOf(value.results[0]), 'check_id') ||
          (has(value, 'paths', 'errors') && has(objectOf(value.paths), 'scanned'))),
    ),
  },
  'osv-scanner': {
    read: readOsvScanner,
    is: object(
      (value) =>
        Array.isArray(value.results) &&
        value.results.length > 0 &&
        value.results.every((result) => has(objectOf(result), 'source', 'packages')),
    ),
  },
  'detect-secrets': {
    read: readDetectSecrets,
    is: object(
      (value) => isObject(value.results) && (has(value, 'plugins_used') || holdsHashes(value.results)),
    ),
  },
  zap: { read: readZap, is: object((value) => has(value, '@version', 'site')) },
  'retire-js': {
    read: readRetireJs,
    is: object(
      (value) =>
        Array.isArray(value.data) && has(value, 'version') && (has(value, 'errors') || has(value, 'start')),
    ),
  },
  checkov: {
    read: readCheckov,
    is: (value) =>
      listOf(Array.isArray(value) ? value : [value])
        .slice(0, 5)
        .every(isCheckov) && value !== null,
  },
  eslint: { read: readEslint, is: list((entry) => has(entry, 'filePath', 'messages')) },
  ruff: { read: readRuff, is: list((entry) => has(entry, 'code', 'filename', 'location', 'message')) },
  gitleaks: { read: readGitleaks, is: list((entry) => has(entry, 'RuleID', 'File', 'StartLine')) },
  hadolint: { read: readHadolint, is: list((entry) => has(entry, 'code', 'file', 'level', 'line')) },
};

const holdsHashes = (results: object): boolean =>
  Object.values(results)
    .slice(0, 5)
    .some((list) => has(objectOf(listOf(list)[0]), 'hashed_secret', 'line_number'));

const isMatch = (value: unknown): boolean => has(objectOf(value), 'vulnerability', 'artifact');

const isCheckov = (part: unknown): boolean =>
  isObject(part) && has(part, 'check_type') && (isObject(part.results) || isObject(part.summary));

export const NATIVE_FORMATS = Object.keys(NATIVE);

/** Which scanner's own format a value is. */
export const nativeFormat = (value: unknown): string | undefined =>
  NATIVE_FORMATS.find((format) => NATIVE[format]?.is(value));

/** The findings of a scanner's own report; undefined where the value is none of it. */
export function nativeFindings(format: string, tool: string, value: unknown) {
  const problems = createProblems();
  const path = (given: string) => sourcePath(given, undefined);
  try {
    const reading = NATIVE[format]?.read(value, { tool, path, problems });
    return reading === undefined ? undefined : { ...reading, problems: problems.list() };
  } catch (error) {
    if (error instanceof CertusError && error.code === 'report_invalid') return undefined;
    throw error;
  }
}

export function* nativeRecords(
  format: string,
  { drafts, problems, toolVersion }: NonNullable<ReturnType<typeof nativeFindings>>,
  tool: string,
  desk: Desk,
): Generator<Draft> {
  const findings = new Map<string, number>();
  for (const record of recordsOf(drafts, (draft) => findingRecord(draft, desk), desk)) {
    tally(findings, record);
    yield record;
  }
  if (problems.some(({ code }) => code === 'malformed_result')) desk.lost('damaged', 'results');
  const notices = problems.map(({ message, path }) => (path === undefined ? message : `${path}: ${message}`));
  yield reportRecord({ tool, version: toolVersion, format, findings, notices }, desk);
}

export const toolOf = (format: string, value: unknown): string =>
  textOf(objectOf(objectOf(value).descriptor).name) ?? format;
