import { BUNDLE, type BundleIndex, PolicyResult, ScanDocument } from '../../../contracts/bundle.ts';
import type { Scope } from '../../../contracts/identifiers.ts';
import { jsonOf } from '../../../contracts/json-of.ts';
import type { KeySet } from '../../../contracts/keys.ts';
import type { PermitFacts } from '../../../contracts/permission.ts';
import { hasLooked, type ToolRun } from '../../../contracts/tool-run.ts';
import type { PermitAsk } from '../../../contracts/workflows.ts';
import {
  type CheckedBundle,
  type CheckedEvidence,
  type CheckedFiles,
  checkFiles,
  checkProvenance,
} from '../../../domain/custody/check-evidence.ts';
import { CustodyError } from '../../../domain/custody/custody-error.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { documentFiles } from '../../../domain/custody/run-kind.ts';
import { fault, faultOf } from '../../../domain/permit/denial-reason.ts';
import type { Considered } from '../../../domain/permit/policy-rules.ts';
import { requestFault } from '../../../domain/permit/request-fault.ts';
import { statementFacts } from '../../../domain/permit/statement-facts.ts';
import { BUILT_IN } from '../../../domain/tools/built-in.ts';
import { EXTERNAL } from '../../../domain/tools/external.ts';
import type { ReadableBucket } from '../../../services/objects/store.ts';
import { readRunEvidence } from '../../custody/read-documents-evidence.ts';
import type { Evidence } from '../../custody/read-evidence.ts';
import type { TrustDeps } from '../deps.ts';
import { attachedTo } from './attached-to.ts';

export type Question = {
  readonly scope: Scope;
  readonly testId: string;
  /** Key prefix of its files in raw. */
  readonly prefix: string;
  /** Of the bundle that is meant. */
  readonly digest: string;
  readonly ask: PermitAsk | undefined;
};

export type Gathered = Considered & {
  /** `undefined` when the hashes do not hold: then there is nothing that a permit could be about. */
  readonly bundle: CheckedBundle | undefined;
  /** Attached statements that hold. */
  readonly counted: readonly { readonly predicateType: string; readonly digest: string }[];
};

/** Finds out everything that a decision may rest on, from the bytes in staging and under the tenant's keys. */
export async function gatherFacts(
  deps: Pick<TrustDeps, 'database' | 'raw' | 'evidenceMaxAgeMs'>,
  keys: KeySet | Promise<KeySet>,
  question: Question,
  at: Date,
): Promise<Gathered> {
  const [keySet, read] = await Promise.all([keys, readRunEvidence(deps.raw, question)]);
  const provenanceDigest = sha256(read.provenanceBytes);
  let files: CheckedFiles | undefined;
  let evidence: CheckedEvidence | undefined;
  const integrity = integrityFault(read, question, (checked) => {
    files = checked;
  });
  const signature = faultOf(() => {
    if (files === undefined) throw new CustodyError('malformed', 'there is no bundle that could be signed');
    evidence = checkProvenance(files, read.provenanceBytes, keySet);
    requireUnrevoked(evidence);
  });
  const holds = integrity === null ? files : undefined;
  const [{ attached, ignored }, told] = holds
    ? await Promise.all([
        attachedTo(deps, keySet, question, holds.bundleDigest, at),
        toldBy(deps.raw, question.prefix, holds.index),
      ])
    : [{ attached: [], ignored: [] }, NOTHING_TOLD];
  const facts: PermitFacts = {
    schema: 'https://certus.dev/permit-facts/v1',
    component: files?.index.component_id ?? null,
    bundle_digest: sha256(read.indexBytes),
    provenance_digest: provenanceDigest,
    integrity,
    request: holds === undefined ? null : requestFault(question.ask, holds, evidence),
    signature,
    ...statementFacts(evidence, attached),
    finished_on: evidence?.provenance.predicate.runDetails.metadata.finishedOn ?? null,
    ...told,
    ...documentsIn(files),
    ignored,
    max_age_hours: deps.evidenceMaxAgeMs / HOUR,
  };
  return {
    facts,
    predicates: new Map<string, unknown>([
      ...(evidence === undefined ? [] : [[provenanceDigest, evidence.provenance.predicate] as const]),
      ...attached.map(({ digest, predicate }) => [digest, predicate] as const),
    ]),
    bundle: holds === undefined ? undefined : { ...holds, provenanceDigest },
    counted: attached.map(({ predicateType, digest }) => ({ predicateType, digest })),
  };
}

const HOUR = 3_600_000;

function integrityFault(
  { indexBytes, files }: Evidence,
  { scope, testId, digest }: Question,
  learn: (checked: CheckedFiles) => void,
) {
  if (files.size === 0) return fault('no_artifacts', 'there is nothing in staging');
  return faultOf(() => {
    const checked = checkFiles({ indexBytes, files });
    learn(checked);
    if (checked.bundleDigest !== digest)
      throw new CustodyError('hash_mismatch', 'the bundle is not the one the permit was asked for');
    const { index } = checked;
    if (index.tenant !== scope.tenant || index.workspace_id !== scope.workspace || index.test_id !== testId)
      throw new CustodyError('wrong_scope', 'the bundle belongs to another run');
  });
}

/**
 * The time since which a revoked key is not believed spares what was published before. Nothing new rests on its word: whoever
 * stole it writes whichever time is believed.
 */
function requireUnrevoked({ key: { id, revoked } }: CheckedEvidence): void {
  if (revoked !== undefined)
    throw new CustodyError('key_revoked', `the key ${id} was revoked: ${revoked.reason}`);
}

/** Said of what the index and the id agree on, which was asked when it was opened. */
function documentsIn(files: CheckedFiles | undefined): Pick<PermitFacts, 'documents'> {
  const documents = documentFiles(files?.index.files ?? []).length;
  return documents === 0 ? {} : { documents };
}

type Told = Pick<PermitFacts, 'gate' | 'counts' | 'kinds'>;
const NOTHING_TOLD: Told = { gate: null, counts: null, kinds: [] };

/** What the evidence says of itself. What cannot be read says nothing, and a policy that asks for it is not met. */
async function toldBy(raw: ReadableBucket, prefix: string, index: BundleIndex): Promise<Told> {
  const [scan, result] = await Promise.all([
    document(raw, prefix, index, BUNDLE.scan),
    document(raw, prefix, index, BUNDLE.policyResult),
  ]);
  const parsed = ScanDocument.safeParse(scan);
  const policy = PolicyResult.safeParse(result);
  return {
    gate: parsed.data?.verdict ?? null,
    counts: policy.data?.counts ?? null,
    kinds: [...new Set((parsed.data?.tools ?? []).filter(hasLooked).map(kindOf))],
  };
}

const MAX_DOCUMENT = 16 * 1024 * 1024;

/** The bytes are hashed again: what lies there now must be what was checked a moment ago. */
async function document(
  raw: ReadableBucket,
  prefix: string,
  index: BundleIndex,
  path: string,
): Promise<unknown> {
  const listed = index.files.find((file) => file.path === path);
  if (listed === undefined || listed.size > MAX_DOCUMENT) return undefined;
  const bytes = await raw.read(`${prefix}${path}`, MAX_DOCUMENT);
  if (sha256(bytes) !== listed.sha256) return undefined;
  return jsonOf(bytes);
}

const CATEGORIES: ReadonlyMap<string, string> = new Map(
  Object.entries({ ...BUILT_IN, ...EXTERNAL }).map(([tool, { category }]) => [tool, category]),
);

const kindOf = ({ tool }: ToolRun): string => CATEGORIES.get(tool) ?? 'import';
