import { BUNDLE, type BundleIndex } from '../../contracts/bundle.ts';
import type { KeySet, TrustedKey } from '../../contracts/keys.ts';
import { CustodyError } from './custody-error.ts';
import { type OpenedStatement, openStatement } from './open-statement.ts';
import { PublicationStatement } from './publication-statement.ts';

export type PublicationCheck = {
  /** All that anybody has attached; most of it may be about something else. */
  readonly attached: readonly Uint8Array[];
  /** `sha256:…` of the manifest that was pulled. */
  readonly digest: string;
  readonly bundle: {
    readonly index: BundleIndex;
    readonly bundleDigest: string;
    readonly permitDigest: string;
  };
  readonly keySet: KeySet;
};

/** Finds Transform's word that it pushed this very artifact, and that it is this very bundle by this very permit. */
export function checkPublication({ attached, ...asked }: PublicationCheck): {
  readonly publishedOn: string;
  readonly key: TrustedKey;
} {
  let nearest: CustodyError | undefined;
  for (const bytes of attached) {
    try {
      const { statement, key } = open(bytes, asked);
      return { publishedOn: statement.predicate.publishedOn, key };
    } catch (error) {
      if (!(error instanceof CustodyError)) throw error;
      // what was attached of the bundle is of another kind, and says nothing of why there is no publication
      if (!OTHERS.has(error.code)) nearest ??= error;
    }
  }
  throw nearest ?? new CustodyError('missing_file', 'nobody who may publish vouches for this artifact');
}

const OTHERS: ReadonlySet<string> = new Set(['wrong_predicate', 'malformed', 'untrusted_signer']);

function open(
  bytes: Uint8Array,
  { digest, bundle, keySet }: Omit<PublicationCheck, 'attached'>,
): OpenedStatement<PublicationStatement> {
  const { index, bundleDigest, permitDigest } = bundle;
  const opened = openStatement(bytes, {
    schema: PublicationStatement,
    role: 'promotion',
    tenant: index.tenant,
    keySet,
    madeAt: ({ predicate }) => predicate.publishedOn,
  });
  const { subject, predicate } = opened.statement;
  if (`sha256:${subject[0]?.digest.sha256}` !== digest)
    throw new CustodyError('subject_mismatch', 'the publication speaks of another artifact');
  if (predicate.bundle.digest.sha256 !== bundleDigest || predicate.permit.digest.sha256 !== permitDigest)
    throw new CustodyError(
      'permit_for_other_bytes',
      `the publication names another ${BUNDLE.index} or another permit`,
    );
  if (
    predicate.tenant !== index.tenant ||
    predicate.workspace !== index.workspace_id ||
    predicate.test_id !== index.test_id
  )
    throw new CustodyError('wrong_scope', 'the publication belongs to another run');
  return opened;
}
