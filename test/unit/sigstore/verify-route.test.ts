import { beforeAll, expect, test } from '@jest/globals';
import type { ApiDeps } from '../../../api/deps.ts';
import { verifyRoutes } from '../../../api/verification/verify-routes.ts';
import { VerifyRequest } from '../../../contracts/verification.ts';
import { parseTrustedRoot } from '../../../domain/sigstore/trusted-root.ts';
import { KEY_SET } from '../domain/custody-fixture.ts';
import { ARTIFACT, encode, ISSUER, SUBJECT, startSigstore } from './mock-sigstore.ts';

let sigstore: Awaited<ReturnType<typeof startSigstore>>;
beforeAll(async () => {
  sigstore = await startSigstore();
});

/** What the route answers where this root is pinned, opened as the process opens the file. */
async function answer(trustedRoot: ReturnType<typeof parseTrustedRoot> | undefined, bundle: Buffer) {
  const database = { client: { keySetVersion: { findFirst: async () => null, findMany: async () => [] } } };
  const deps = { database, trust: { keySet: KEY_SET, trustedRoot } } as unknown as ApiDeps;
  const [route] = verifyRoutes(deps);
  const body = VerifyRequest.parse({
    bundle: JSON.parse(bundle.toString()),
    artifact: ARTIFACT.toString('base64'),
    identity: { subject: SUBJECT, issuer: ISSUER },
  });
  const call = { principal: { tenant: 'acme', subject: 'local' }, body, params: {}, query: {}, headers: {} };
  return (await route?.handle(call as never))?.body;
}

test('a keyless bundle is believed on the word of the root that the installation pins', async () => {
  const bundle = encode(await sigstore.sealed({ kind: 'message', rekor: 1 }));
  const root = parseTrustedRoot(encode(sigstore.root));
  expect(await answer(root, bundle)).toMatchObject({ valid: true, error: null });
});

test('and on nobody’s where none is pinned', async () => {
  const bundle = encode(await sigstore.sealed({ kind: 'message', rekor: 1 }));
  expect(await answer(undefined, bundle)).toMatchObject({ valid: false, error: { family: 'trust' } });
});
