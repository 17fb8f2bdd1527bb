import type { BundleIndex } from '../../contracts/bundle.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { KeySet } from '../../contracts/keys.ts';
import { PREDICATE, STATEMENT_TYPE, type Subject, TombstoneStatement } from '../../contracts/statements.ts';
import type { ActualFiles } from './check-evidence.ts';
import { CustodyError } from './custody-error.ts';
import { type OpenedStatement, openStatement } from './open-statement.ts';

export type DeletedRun = Scope & { readonly testId: string; readonly bundleDigest: string };

export type TombstoneFacts = DeletedRun & {
  readonly permitId: string;
  /** Every digest that goes, under each name that the run knew it by. */
  readonly deleted: readonly { readonly path: string; readonly sha256: string }[];
  /** Null when its time was over. */
  readonly order: string | null;
  readonly reason: string;
  readonly at: Date;
};

/** What Transform vouches for when the files of a golden copy go: which, since when, and on whose word. */
export function tombstoneStatement({
  tenant,
  workspace,
  testId,
  bundleDigest,
  permitId,
  deleted,
  order,
  reason,
  at,
}: TombstoneFacts): TombstoneStatement {
  const subjects = new Map<string, Subject>();
  for (const { path, sha256 } of deleted)
    subjects.set(`${sha256} ${path}`, { name: path, digest: { sha256 } });
  return {
    _type: STATEMENT_TYPE,
    subject: [...subjects.values()],
    predicateType: PREDICATE.tombstone,
    predicate: {
      tenant,
      workspace,
      test_id: testId,
      permit: { id: permitId },
      bundle: { digest: { sha256: bundleDigest } },
      order,
      reason,
      deletedOn: at.toISOString(),
    },
  };
}

/** Believes it only of whoever may promote, and only about this run and this bundle of it. */
export function openTombstone(
  bytes: Uint8Array,
  { tenant, workspace, testId, bundleDigest }: Omit<DeletedRun, 'bundleDigest'> & { bundleDigest?: string },
  keySet: KeySet,
): OpenedStatement<TombstoneStatement> {
  const opened = openStatement(bytes, {
    schema: TombstoneStatement,
    role: 'promotion',
    tenant,
    keySet,
    madeAt: ({ predicate }) => predicate.deletedOn,
  });
  const { predicate } = opened.statement;
  if (predicate.tenant !== tenant || predicate.workspace !== workspace || predicate.test_id !== testId)
    throw new CustodyError('wrong_scope', 'the tombstone is of another run');
  if (bundleDigest !== undefined && predicate.bundle.digest.sha256 !== bundleDigest)
    throw new CustodyError('subject_mismatch', 'the tombstone is of another bundle');
  return opened;
}

/**
 * The files as they were before they were deleted: each that is missing counts as there when the tombstone names it by this
 * path and this digest, and no other does.
 */
export function withDeleted(
  files: ActualFiles,
  published: BundleIndex['files'],
  { subject }: TombstoneStatement,
): ActualFiles {
  const named = new Set(subject.map(({ name, digest }) => `${digest.sha256} ${name}`));
  const whole = new Map(files);
  for (const { path, sha256, size } of published)
    if (!files.has(path) && named.has(`${sha256} ${path}`)) whole.set(path, { sha256, size });
  return whole;
}

/** In a few words, for whoever verifies what is left. */
export const deletionOf = ({ order, reason, deletedOn }: TombstoneStatement['predicate']) => ({
  on: deletedOn,
  order,
  reason,
});
export type Deletion = ReturnType<typeof deletionOf>;
