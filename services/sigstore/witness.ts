import type { Bundle } from '@sigstore/bundle';
import { CertusError } from '../../contracts/errors.ts';
import { RekorEntry } from '../../contracts/rekor-entry.ts';
import type { Patience } from './ask.ts';
import { believe, type TrustedRoot } from './believe.ts';
import { readBundle, signatureOf, writeBundle } from './bundle.ts';
import { checkBody } from './check-body.ts';
import { type LoggedEntry, logInRekor } from './rekor.ts';
import { orUntrusted, untrusted } from './untrusted.ts';

const SERVICE = 'Rekor';

export type Witnessing = Patience & {
  readonly rekorUrl: string;
  /** What the operator pinned. Without it an entry is only seen to be about our signature. */
  readonly trust: TrustedRoot | undefined;
};

/** Has a bundle that is signed with a plain key kept by a second log. Asked again, it gives the entry that is there. */
export async function witness(
  bundle: Uint8Array,
  publicKeyPem: string,
  { rekorUrl, trust, ...patience }: Witnessing,
): Promise<RekorEntry> {
  const { content } = keyed(readBundle(bundle));
  const logged = await logInRekor(content, publicKeyPem, rekorUrl, patience);
  if (trust !== undefined)
    orUntrusted(SERVICE, 'answers with an entry that is not to be believed', () =>
      believe(trust, signatureOf(content), { tlogEntries: [logged.entry] }),
    );
  return toRecord(logged, rekorUrl, bundle);
}

/** Does this entry, as it was kept by us, prove that the log holds this bundle, signed with this key? Asks nobody. */
export function verifyRekorEntry(
  bundle: Uint8Array,
  publicKeyPem: string,
  { tlog_entry }: RekorEntry,
  trust: TrustedRoot,
): void {
  const { content, verificationMaterial } = orUntrusted(
    SERVICE,
    'answered with an entry that cannot be read',
    () => keyed(readBundle(withEntry(bundle, tlog_entry))),
  );
  const [entry] = verificationMaterial.tlogEntries;
  if (entry === undefined) throw untrusted(SERVICE, 'answered with no entry');
  checkBody(entry, content, publicKeyPem);
  orUntrusted(SERVICE, 'answered with an entry that is not to be believed', () =>
    believe(trust, signatureOf(content), { tlogEntries: [entry] }),
  );
}

/** The bundle with that entry in it, for verifiers that look for one. */
export function bundleWithEntry(bundle: Uint8Array, { tlog_entry }: RekorEntry): Uint8Array {
  return writeBundle(readBundle(withEntry(bundle, tlog_entry)));
}

function withEntry(bundle: Uint8Array, entry: object): Uint8Array {
  const json = JSON.parse(Buffer.from(bundle).toString('utf8')) as { verificationMaterial: object };
  const verificationMaterial = { ...json.verificationMaterial, tlogEntries: [entry] };
  return Buffer.from(JSON.stringify({ ...json, verificationMaterial }));
}

function keyed(bundle: Bundle): Bundle {
  if (bundle.verificationMaterial.content.$case === 'publicKey') return bundle;
  throw new CertusError(
    'statement_invalid',
    'Only a bundle that is signed with a plain key is witnessed here.',
  );
}

function toRecord({ uuid, entry }: LoggedEntry, rekorUrl: string, bundle: Uint8Array): RekorEntry {
  const parsed = readBundle(bundle);
  parsed.verificationMaterial.tlogEntries = [entry];
  const written = JSON.parse(Buffer.from(writeBundle(parsed)).toString('utf8')) as {
    verificationMaterial: { tlogEntries: readonly [Record<string, unknown>] };
  };
  const proof = entry.inclusionProof;
  if (proof?.checkpoint === undefined) throw untrusted(SERVICE, 'answers without a proof');
  return RekorEntry.parse({
    v: 1,
    rekor_url: rekorUrl,
    uuid,
    log_index: entry.logIndex,
    log_id: entry.logId.keyId.toString('hex'),
    integrated_time: new Date(Number(entry.integratedTime) * 1000).toISOString(),
    inclusion_proof: {
      log_index: proof.logIndex,
      tree_size: proof.treeSize,
      root_hash: proof.rootHash.toString('hex'),
      hashes: proof.hashes.map((hash) => hash.toString('hex')),
      checkpoint: proof.checkpoint.envelope,
    },
    tlog_entry: written.verificationMaterial.tlogEntries[0],
  });
}
