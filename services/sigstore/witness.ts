import type { Bundle } from '@sigstore/bundle';
import { pem } from '@sigstore/core';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { CertusError } from '../../contracts/errors.ts';
import { RekorEntry } from '../../contracts/rekor-entry.ts';
import type { Patience } from './ask.ts';
import { believe, type TrustedRoot } from './believe.ts';
import { readBundle, signatureOf, writeBundle } from './bundle.ts';
import { checkBody } from './check-body.ts';
import { type LoggedEntry, leafHash, logInRekor } from './rekor.ts';
import { orUntrusted, untrusted } from './untrusted.ts';

const SERVICE = 'Rekor';

export type Witnessing = Patience & {
  readonly rekorUrl: string;
  /** What the operator pinned. Without it an entry is only seen to be about our signature. */
  readonly trust: TrustedRoot | undefined;
};

/**
 * Has a bundle kept by a second log, under the key that it was signed with or the certificate it carries. Asked again, it
 * gives the entry that is there.
 */
export async function witness(
  bundle: Uint8Array,
  publicKeyPem: string,
  { rekorUrl, trust, ...patience }: Witnessing,
): Promise<RekorEntry> {
  const parsed = readBundle(bundle);
  const { content } = parsed;
  const logged = await logInRekor(content, verifierOf(parsed, publicKeyPem), rekorUrl, patience);
  if (trust !== undefined)
    orUntrusted(SERVICE, 'answers with an entry that is not to be believed', () =>
      believe(trust, signatureOf(content), { tlogEntries: [logged.entry] }),
    );
  return toRecord(logged, rekorUrl, parsed);
}

/** Does this entry, as it was kept by us, prove that the log holds this bundle, signed with this key? Asks nobody. */
export function verifyRekorEntry(
  bundle: Uint8Array,
  publicKeyPem: string,
  entry: RekorEntry,
  trust: TrustedRoot,
): void {
  const parsed = orUntrusted(SERVICE, 'answered with an entry that cannot be read', () =>
    readBundle(withEntry(bundle, entry.tlog_entry)),
  );
  const [logged] = parsed.verificationMaterial.tlogEntries;
  if (logged === undefined) throw untrusted(SERVICE, 'answered with no entry');
  checkBody(logged, parsed.content, verifierOf(parsed, publicKeyPem));
  orUntrusted(SERVICE, 'answered with an entry that is not to be believed', () =>
    believe(trust, signatureOf(parsed.content), { tlogEntries: [logged] }),
  );
  // what is told beside the entry is signed by nobody: it counts as far as the entry says the same
  const told = canonicalJson({ ...entry, tlog_entry: {} });
  const proved = canonicalJson({
    ...toRecord({ uuid: entry.uuid, entry: logged }, entry.rekor_url, parsed),
    tlog_entry: {},
  });
  if (told !== proved || !entry.uuid.endsWith(leafHash(logged.canonicalizedBody)))
    throw untrusted(SERVICE, 'answered with an entry that says something else than what was kept of it');
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

/** Logs keep what a verifier will be shown: the certificate when the bundle carries one. */
function verifierOf({ verificationMaterial: { content } }: Bundle, publicKeyPem: string): string {
  if (content.$case === 'publicKey') return publicKeyPem;
  if (content.$case === 'certificate') return pem.fromDER(content.certificate.rawBytes);
  throw new CertusError('statement_invalid', 'A bundle that is witnessed carries one certificate or none.');
}

function toRecord({ uuid, entry }: LoggedEntry, rekorUrl: string, parsed: Bundle): RekorEntry {
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
