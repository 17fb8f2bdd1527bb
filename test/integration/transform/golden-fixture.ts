import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditDeps } from '../../../activities/golden/audit-deps.ts';
import { lookAtCopy } from '../../../activities/golden/look-at-copy.ts';
import { promote } from '../../../activities/publish/promote.ts';
import { decidePermit } from '../../../activities/trust/permit/decide-permit.ts';
import { goldenPrefix } from '../../../contracts/object-keys.ts';
import type { QuarantineInput } from '../../../contracts/quarantine.ts';
import type { PublishInput } from '../../../contracts/workflows.ts';
import type { GoldenRun } from '../../../domain/custody/golden-chain.ts';
import type { Database } from '../../../services/database/database.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import { tampered } from '../../unit/domain/custody-fixture.ts';
import { stage } from '../permit/trust-fixture.ts';
import {
  bring,
  finish,
  openZones,
  orderPromotion,
  permitted,
  place,
  publicationOf,
  wanted,
  type Zones,
} from './promotion-fixture.ts';

export type GoldenZones = Zones & { readonly archive: Bucket };

export async function openGoldenZones(folder: string, database: Database): Promise<GoldenZones> {
  const store = openDirectoryStore(join(folder, 'objects'));
  return { ...(await openZones(folder, database, { store })), archive: await store.bucket('archive') };
}

/** A scan that came to golden the way every scan does. */
export async function promotedScan(zones: Zones): Promise<PublishInput> {
  const staged = await stage(zones.raw, { workspace: zones.scope.workspace });
  const {
    permitId,
    permitted: yes,
    reason,
  } = await decidePermit(zones.trust.deps, staged.run, staged.bundle);
  if (!yes) throw new Error(`not permitted: ${reason}`);
  const input = { ...staged.run, bundle: staged.bundle, permitId };
  await promote(zones.transform, input, wanted, publicationOf(input));
  return input;
}

/** Documents that did: one as it was, one masked, one held back. */
export async function promotedDocuments(zones: Zones): Promise<PublishInput> {
  const documents = await Promise.all([
    bring(zones, 'active/Erika Mustermann.md', 'nothing here'),
    bring(zones, 'active/held.md', 'HOLD this'),
    bring(zones, 'active/masked.md', 'a MASK here'),
  ]);
  const input = await orderPromotion(zones, documents);
  const run = await permitted(zones, input);
  const { policy } = await place(zones, input, run);
  await finish(zones, input, run, policy);
  return run;
}

export const auditDeps = (zones: GoldenZones): AuditDeps => ({
  ...zones.transform,
  archive: zones.archive,
});

export const look = (zones: GoldenZones, run: GoldenRun, changes: Partial<AuditDeps> = {}) =>
  lookAtCopy({ ...auditDeps(zones), ...changes }, run, wanted);

/** What was found, and where. */
export const drift = async (zones: GoldenZones, run: GoldenRun): Promise<string[]> =>
  (await look(zones, run)).drift.map(({ code, path }) => `${code} ${path}`);

/** Turns one bit of a file on the disk, past the store. */
export async function flip(zones: Zones, key: string): Promise<void> {
  const file = zones.golden.locate(key);
  const bytes = await readFile(file);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(file, bytes);
}

/** Puts other bytes there through the store, so that everything it says of the object is in order. */
export async function replace(
  zones: Zones,
  key: string,
  change: (bytes: Uint8Array) => Uint8Array,
): Promise<void> {
  const bytes = change(await zones.golden.read(key, 1e7));
  const contentType = (await zones.golden.head(key))?.contentType ?? 'application/json';
  await zones.golden.put(key, bytes, { contentType });
}

export const keyOf = ({ scope, testId }: GoldenRun, path: string): string =>
  `${goldenPrefix(scope, testId)}${path}`;

/** The same statement with one word of what it says exchanged. */
export const reworded = (bytes: Uint8Array, from: string, to: string): Uint8Array =>
  tampered(bytes, ({ dsseEnvelope }) => {
    const text = Buffer.from(dsseEnvelope.payload, 'base64').toString();
    dsseEnvelope.payload = Buffer.from(text.replace(from, to)).toString('base64');
  });

export const claimed = (run: PublishInput): QuarantineInput => ({
  scope: run.scope,
  component: run.component,
  assessment: run.assessment,
  testId: run.testId,
  permitId: run.permitId,
  bundleDigest: run.bundle.digest,
  cause: { drift: [{ code: 'hash_mismatch', path: 'findings.json' }] },
});
