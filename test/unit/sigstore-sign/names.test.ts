import { expect, test } from '@jest/globals';
import { trustedRootFrom } from '../../../domain/sigstore/trusted-root.ts';
import { verifySigstoreBundle } from '../../../domain/sigstore/verify-sigstore-bundle.ts';
import { ARTIFACT, encode, ISSUER, startSigstore } from '../sigstore/mock-sigstore.ts';

const RELEASE = 'https://example.org/build.yml@refs/tags/release-1.0';
/** UTF-8, in which three bytes stand for one sign; without their highest bits they are those of "e-1". */
const LOOKALIKE = 'https://example.org/build.yml@refs/tags/releas\u00e5\u00ad\u00b1.0';

test('a certificate whose name becomes another one when bytes are taken for ASCII names nobody', async () => {
  const sigstore = await startSigstore();
  const root = trustedRootFrom(sigstore.root);
  const verify = async (certified: string) => {
    const bundle = await sigstore.sealed({ kind: 'message', rekor: 1, subject: certified });
    const expected = { artifact: { bytes: ARTIFACT }, identity: { subject: RELEASE, issuer: ISSUER } };
    return verifySigstoreBundle(encode(bundle), { root, now: new Date() }, expected);
  };
  expect((await verify(RELEASE)).signer).toMatchObject({ subject: RELEASE });
  await expect(verify(LOOKALIKE)).rejects.toMatchObject({ code: 'certificate_invalid' });
});
