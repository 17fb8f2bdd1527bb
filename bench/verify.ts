import { spawnSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { sha256 } from '../domain/custody/digest.ts';
import { sealStatement } from '../domain/custody/seal-statement.ts';
import { signWithKey } from '../domain/sigstore/key-hash.ts';
import { trustedRootFrom } from '../domain/sigstore/trusted-root.ts';
import { verifySigstoreBundle } from '../domain/sigstore/verify-sigstore-bundle.ts';
import { startServers } from '../infra/local/start-servers.ts';
import { ARTIFACT, encode, ISSUER, SUBJECT, startSigstore } from '../test/unit/sigstore/mock-sigstore.ts';
import { alternate, clock } from './alternate.ts';
import type { Bench } from './bench.ts';

const ROUNDS = 15;
const OF_AUTHORITIES = 40;
const OF_KEYS = 400;
const BY_COSIGN = 10;
const TYPE = 'https://example.org/review/v1';

/** What our checks cost beside the library that they are built on, and what is saved by not starting a program each time. */
export const verify: Bench = {
  name: 'verify',
  about:
    'bundles verified per second on one core, beside the bare library on the same bundles and cosign started for each',
  run: async (report) => {
    report('making bundles of authorities and logs, and of keys');
    const ways = [await ofAuthorities(), await ofKeys()] as const;
    // a second of warming up: the compiler has made its mind up about neither of the two before that
    const keys = await alternate(ways[1], { warmUps: 12, runs: ROUNDS });
    const authorities = await alternate(ways[0], { warmUps: 3, runs: ROUNDS });
    report('starting cosign for each bundle');
    const cosign = await cosignPerSecond(report, ways[1]);
    const perSecond = (count: number, ms: number) => (count * 1000) / ms;
    const ours = perSecond(OF_KEYS, keys.a);
    return {
      ratios: {
        keyless_to_library: authorities.b / authorities.a,
        keyed_to_library: keys.b / keys.a,
        keyed_to_cosign: ours / cosign,
      },
      figures: {
        keyless_per_s: perSecond(OF_AUTHORITIES, authorities.a),
        keyless_library_per_s: perSecond(OF_AUTHORITIES, authorities.b),
        keyed_per_s: ours,
        keyed_library_per_s: perSecond(OF_KEYS, keys.b),
        cosign_per_s: cosign,
      },
      goals: [
        { of: 'keyless_to_library', atLeast: 0.9 },
        { of: 'keyed_to_library', atLeast: 0.9 },
        { of: 'keyed_to_cosign', atLeast: 20 },
      ],
    };
  },
};

type Ways = { readonly a: () => Promise<number>; readonly b: () => Promise<number> };

/** Certificate, certificate log, Rekor v1 and v2, timestamps: everything that there is to check. */
async function ofAuthorities(): Promise<Ways> {
  const mock = await startSigstore();
  const bundles: Buffer[] = [];
  for (let made = 0; made < OF_AUTHORITIES; made += 1) {
    const kind = made % 2 === 0 ? 'message' : 'statement';
    bundles.push(encode(await mock.sealed({ kind, rekor: made % 4 < 2 ? 1 : 2 })));
  }
  const root = trustedRootFrom(mock.root);
  const identity = { subject: SUBJECT, issuer: ISSUER };
  const bare = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(mock.root)));
  const policy = { subjectAlternativeName: SUBJECT, extensions: { issuer: ISSUER } };
  return overAll(bundles, {
    ours: (bytes) =>
      verifySigstoreBundle(bytes, { root, now: new Date() }, { artifact: { bytes: ARTIFACT }, identity }),
    library: (bytes) =>
      bare.verify(toSignedEntity(bundleFromJSON(JSON.parse(bytes.toString())), ARTIFACT), policy),
  });
}

type Keyed = Ways & { readonly publicKey: KeyObject; readonly bundles: readonly Buffer[] };

async function ofKeys(): Promise<Keyed> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const sign = (bytes: Uint8Array) => Promise.resolve(signWithKey(privateKey, bytes));
  const bundles = await Promise.all(
    Array.from({ length: OF_KEYS }, async (_, number) => {
      const subject = [{ name: 'file', digest: { sha256: sha256(ARTIFACT) } }];
      const predicate = { number, reviewed: true, notes: 'of a usual length '.repeat(40) };
      const statement = { _type: 'https://in-toto.io/Statement/v1', subject, predicateType: TYPE, predicate };
      return Buffer.from(await sealStatement(statement, { keyId: 'key', sign }));
    }),
  );
  const nobody = { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] };
  const bare = new Verifier(
    { ...nobody, publicKey: () => ({ publicKey, validFor: () => true }) },
    { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 },
  );
  const ways = overAll(bundles, {
    ours: (bytes) =>
      verifySigstoreBundle(bytes, { key: publicKey, now: new Date() }, { artifact: { bytes: ARTIFACT } }),
    library: (bytes) => bare.verify(toSignedEntity(bundleFromJSON(JSON.parse(bytes.toString())))),
  });
  return { ...ways, publicKey: createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })), bundles };
}

type Verifiers = Readonly<Record<'ours' | 'library', (bytes: Buffer) => unknown>>;

const overAll = (bundles: readonly Buffer[], { ours, library }: Verifiers): Ways => {
  const over = (one: (bytes: Buffer) => unknown) => () =>
    clock(async () => {
      for (const bytes of bundles) one(bytes);
    });
  return { a: over(ours), b: over(library) };
};

async function cosignPerSecond(
  report: (line: string) => void,
  { publicKey, bundles }: Keyed,
): Promise<number> {
  const home = await mkdtemp(join(tmpdir(), 'certus-bench-'));
  const servers = await startServers(['cosign'], { dir: join(home, 'servers'), report, build: true });
  try {
    await writeFile(join(home, 'file'), ARTIFACT);
    await writeFile(join(home, 'key.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
    const given = bundles.slice(0, BY_COSIGN);
    await Promise.all(given.map((bytes, number) => writeFile(join(home, `${number}.json`), bytes)));
    const words = ['verify-blob-attestation', '--type', TYPE, '--key', 'key.pub', '--insecure-ignore-tlog'];
    const ms = await clock(async () => {
      for (const number of given.keys()) {
        const all = [...words, '--bundle', `${number}.json`, 'file'];
        const { status, stderr } = spawnSync(String(servers.env.CERTUS_COSIGN), all, {
          cwd: home,
          encoding: 'utf8',
        });
        if (status !== 0) throw new Error(stderr);
      }
    });
    return (given.length * 1000) / ms;
  } finally {
    await servers.stop();
    await rm(home, { recursive: true, force: true });
  }
}
