import { BUNDLE } from '../../contracts/bundle.ts';
import type { KeySet } from '../../contracts/keys.ts';
import type { KindCount } from '../../contracts/privacy.ts';
import { PREDICATE, SanitizeStatement, STATEMENT_TYPE } from '../../contracts/statements.ts';
import { requireSubjects } from './check-evidence.ts';
import { CustodyError } from './custody-error.ts';
import { type OpenedStatement, openStatement } from './open-statement.ts';

export type SanitizedFile = SanitizeStatement['predicate']['files'][number];

/** The bundle that a statement is about, and the run that it belongs to. */
export type SanitizedBundle = {
  readonly tenant: string;
  readonly workspace: string;
  readonly testId: string;
  readonly bundleDigest: string;
};

export type SanitizeFacts = SanitizedBundle & {
  readonly policyDigest: string;
  /** Names and versions of what looked. */
  readonly rules: string;
  readonly inspectedOn: string;
  readonly lookedAt: number;
  readonly kinds: readonly KindCount[];
  /** Those that are not as they were, and those that a person let pass. */
  readonly files: readonly SanitizedFile[];
};

/** Transform's word on what it looked for in the files of a bundle before it published them. */
export const sanitizeStatement = (facts: SanitizeFacts): SanitizeStatement => ({
  _type: STATEMENT_TYPE,
  subject: [subjectOf(facts)],
  predicateType: PREDICATE.sanitize,
  predicate: {
    tenant: facts.tenant,
    workspace: facts.workspace,
    test_id: facts.testId,
    bundle: { digest: { sha256: facts.bundleDigest } },
    policy: { digest: { sha256: facts.policyDigest } },
    rules: facts.rules,
    inspectedOn: facts.inspectedOn,
    looked_at: facts.lookedAt,
    kinds: [...facts.kinds],
    files: [...facts.files],
  },
});

/** The same while a person is to decide: when the permit was used, and what is held back meanwhile. */
export function holdStatement(facts: SanitizeFacts): SanitizeStatement {
  const statement = sanitizeStatement(facts);
  return { ...statement, predicate: { ...statement.predicate, held: true } };
}

/** Believes it only of whoever may promote, about this very bundle. */
export function openSanitize(
  bytes: Uint8Array,
  bundle: SanitizedBundle,
  keySet: KeySet,
): OpenedStatement<SanitizeStatement> {
  const opened = openAbout(bytes, bundle, keySet);
  // it withholds whatever was looked at: in golden it would explain every file that somebody took away
  if (opened.statement.predicate.held === true)
    throw new CustodyError('wrong_predicate', 'it speaks of a bundle that waits for a decision');
  return opened;
}

export function openHold(
  bytes: Uint8Array,
  bundle: SanitizedBundle,
  keySet: KeySet,
): OpenedStatement<SanitizeStatement> {
  const opened = openAbout(bytes, bundle, keySet);
  if (opened.statement.predicate.held !== true)
    throw new CustodyError('wrong_predicate', 'it does not speak of a bundle that waits for a decision');
  return opened;
}

function openAbout(
  bytes: Uint8Array,
  bundle: SanitizedBundle,
  keySet: KeySet,
): OpenedStatement<SanitizeStatement> {
  const opened = openStatement(bytes, {
    schema: SanitizeStatement,
    role: 'promotion',
    tenant: bundle.tenant,
    keySet,
    madeAt: ({ predicate }) => predicate.inspectedOn,
  });
  const { subject, predicate } = opened.statement;
  if (
    predicate.tenant !== bundle.tenant ||
    predicate.workspace !== bundle.workspace ||
    predicate.test_id !== bundle.testId
  )
    throw new CustodyError('wrong_scope', `${BUNDLE.sanitize} belongs to another run`);
  requireSubjects(subject, [subjectOf(bundle)]);
  if (predicate.bundle.digest.sha256 !== bundle.bundleDigest)
    throw new CustodyError('subject_mismatch', `${BUNDLE.sanitize} speaks of another bundle`);
  return opened;
}

const subjectOf = ({ bundleDigest }: SanitizedBundle) => ({
  name: BUNDLE.index,
  digest: { sha256: bundleDigest },
});
