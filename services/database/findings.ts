import { Finding, SEVERITIES, type Severity } from '../../contracts/finding.ts';
import { namesOf } from '../../contracts/finding-names.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { sameName } from '../../contracts/profile-name.ts';
import { sourceText } from '../../contracts/source-text.ts';
import type { Change } from '../../contracts/triage.ts';
import { Source } from '../../contracts/workflows.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import { storable } from './storable.ts';

/** A finding of a scan and how it stands to the one before. */
export type StoredFinding = {
  readonly ordinal: number;
  readonly change: Exclude<Change, 'fixed'>;
  readonly finding: Finding;
};

export type ScanFindings = {
  readonly testId: string;
  readonly component: string;
  readonly findings: readonly Finding[];
  readonly changeOf: (finding: Finding) => Exclude<Change, 'fixed'>;
};

/** Small enough for one statement and for the memory of whoever stores a hundred thousand. */
const BATCH = 1000;

/** Stores what a scan found, in its order. Stored again, for instance by a second attempt, it replaces what lay there. */
export async function saveFindings(
  { client }: Database,
  { tenant, workspace }: Scope,
  { testId, component, findings, changeOf }: ScanFindings,
): Promise<void> {
  for (let at = 0; at < findings.length; at += BATCH) {
    const rows = findings
      .slice(at, at + BATCH)
      .map((finding, index) => toRow(storable(finding), at + index, changeOf(finding)));
    await reachable(client.$executeRaw`
      INSERT INTO findings (tenant, workspace, test_id, component, ordinal, fingerprint, fingerprints, kind, tools, rule,
                            title, rank, path, start_line, suppressed, change, document)
      SELECT ${tenant}, ${workspace}, ${testId}, ${component}, r.*
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(ordinal int, fingerprint text, fingerprints text[],
           kind text, tools text[], rule text, title text, rank smallint, path text, start_line int, suppressed boolean,
           change text, document jsonb)
      ON CONFLICT (tenant, workspace, test_id, ordinal) DO UPDATE SET
        component = EXCLUDED.component, fingerprint = EXCLUDED.fingerprint, fingerprints = EXCLUDED.fingerprints,
        kind = EXCLUDED.kind, tools = EXCLUDED.tools, rule = EXCLUDED.rule, title = EXCLUDED.title,
        rank = EXCLUDED.rank, path = EXCLUDED.path, start_line = EXCLUDED.start_line,
        suppressed = EXCLUDED.suppressed, change = EXCLUDED.change, document = EXCLUDED.document`);
  }
  // an earlier attempt may have stored more of them
  await reachable(
    client.finding.deleteMany({ where: { tenant, workspace, testId, ordinal: { gte: findings.length } } }),
  );
}

const toRow = (finding: Finding, ordinal: number, change: Change) => ({
  ordinal,
  fingerprint: finding.fingerprint,
  fingerprints: namesOf(finding),
  kind: finding.kind,
  tools: [...new Set([finding.tool, ...finding.sources.map(({ tool }) => tool)])],
  rule: finding.rule,
  title: finding.title,
  rank: rankOf(finding.severity),
  path: finding.location?.path ?? null,
  start_line: finding.location?.start_line ?? null,
  suppressed: finding.suppressed !== null,
  change,
  document: finding,
});

/** 0 is the worst. */
export const rankOf = (severity: Severity): number => SEVERITIES.indexOf(severity);

/** Everything a scan found, in its order: what the next one is compared with. */
export async function readFindings(
  { client }: Database,
  { tenant, workspace }: Scope,
  testId: string,
): Promise<Finding[]> {
  const found: Finding[] = [];
  for (;;) {
    const rows = await reachable(
      client.finding.findMany({
        where: { tenant, workspace, testId, ordinal: { gte: found.length } },
        orderBy: { ordinal: 'asc' },
        take: BATCH,
        select: { document: true },
      }),
    );
    for (const { document } of rows) found.push(Finding.parse(document));
    if (rows.length < BATCH) return found;
  }
}

/**
 * The scan that a new one of the component is compared with: the last before it that got to its end, of the same source
 * where there is one. Where only new findings count it must be of the same source and profile and have passed: a finding
 * would else be let through by scanning it twice, with a profile that looks for less, or after a report that leaves it out.
 */
export async function findBaseline(
  { client }: Database,
  { tenant, workspace }: Scope,
  { component, testId, before, source, profile, passed }: Before,
): Promise<string | undefined> {
  const candidates = await reachable(
    client.scan.findMany({
      where: {
        tenant,
        workspace,
        component,
        status: 'SUCCEEDED',
        ...(passed ? { verdict: 'passed' } : {}),
        testId: { not: testId },
        createdAt: { lte: before },
      },
      orderBy: [{ createdAt: 'desc' }, { testId: 'desc' }],
      take: CANDIDATES,
      select: { testId: true, source: true, profile: true },
    }),
  );
  const ofSameSource = candidates.filter((scan) => isSameSource(Source.safeParse(scan.source).data, source));
  const fitting = passed
    ? ofSameSource.find((scan) => sameName(scan.profile) === sameName(profile))
    : (ofSameSource[0] ?? candidates[0]);
  return fitting?.testId;
}

type Before = {
  readonly component: string;
  readonly testId: string;
  readonly before: Date;
  readonly source: Source;
  readonly profile: string;
  readonly passed: boolean;
};

/** Where none of so many fits, there is no baseline and everything is new. */
const CANDIDATES = 100;

const isSameSource = (one: Source | undefined, other: Source): boolean =>
  one?.type === other.type && sourceText(one) === sourceText(other);
