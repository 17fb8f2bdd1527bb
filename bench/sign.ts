import { generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { keyId } from '../contracts/key-id.ts';
import { STATEMENT_TYPE } from '../contracts/statements.ts';
import { sha256 } from '../domain/custody/digest.ts';
import { sealStatement } from '../domain/custody/seal-statement.ts';
import { signWithKey } from '../domain/sigstore/key-hash.ts';
import { alternate, clock } from './alternate.ts';
import type { Bench } from './bench.ts';

const ROUNDS = 25;
const BUNDLES = 1_000;

/** What it costs to make a bundle around a signature, beside the signature alone with what it is about as JSON. */
export const sign: Bench = {
  name: 'sign',
  about:
    'bundles sealed per second on one core, beside bare ECDSA P-256 signing and JSON of the same statements',
  run: async (report) => {
    report(`sealing ${BUNDLES} statements a round`);
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const id = keyId(publicKey.export({ type: 'spki', format: 'pem' }).toString());
    const signer = { keyId: id, sign: async (bytes: Uint8Array) => signWithKey(privateKey, bytes) };
    const statements = Array.from({ length: BUNDLES }, (_, at) => statement(at));
    const { a: sealed, b: bare } = await alternate(
      {
        a: () =>
          clock(async () => {
            for (const each of statements) await sealStatement(each, signer);
          }),
        b: () =>
          clock(async () => {
            for (const each of statements) {
              const payload = Buffer.from(JSON.stringify(each));
              const sig = signBytes('sha256', payload, privateKey);
              JSON.stringify({ payload: payload.toString('base64'), sig: sig.toString('base64') });
            }
          }),
      },
      { warmUps: 5, runs: ROUNDS },
    );
    return {
      ratios: { sealed_to_bare: bare / sealed },
      figures: { sealed_per_s: (BUNDLES * 1000) / sealed, bare_per_s: (BUNDLES * 1000) / bare },
      goals: [{ of: 'sealed_to_bare', atLeast: 0.7 }],
    };
  },
};

/** As somebody says of a build: a subject, a type, and a page of what was done. */
const statement = (at: number) => ({
  _type: STATEMENT_TYPE,
  subject: [{ name: `release-${at}.tar.gz`, digest: { sha256: sha256(`release ${at}`) } }],
  predicateType: 'https://example.org/review/v1',
  predicate: {
    reviewer: 'somebody@example.org',
    reviewed: true,
    steps: ['read', 'built', 'tested'].map((name) => ({ name, passed: true, seconds: at % 60 })),
  },
});
