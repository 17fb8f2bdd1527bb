import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { BUNDLE } from '../../../contracts/bundle.ts';
import { keyId } from '../../../contracts/key-id.ts';
import { STATEMENT_TYPE } from '../../../contracts/statements.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { signWithKey } from '../../../domain/sigstore/key-hash.ts';

type About = { readonly digest: string; readonly type: string; readonly predicate?: object };

/** What the owner of a key says about a bundle, as they would attach it. */
export async function signedBy(keyFile: string, { digest, type, predicate = {} }: About): Promise<object> {
  const privateKey = createPrivateKey(readFileSync(keyFile));
  const publicKeyPem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
  const statement = {
    _type: STATEMENT_TYPE,
    subject: [{ name: BUNDLE.index, digest: { sha256: digest } }],
    predicateType: type,
    predicate,
  };
  const signer = {
    keyId: keyId(publicKeyPem),
    sign: async (bytes: Uint8Array) => signWithKey(privateKey, bytes),
  };
  return JSON.parse(Buffer.from(await sealStatement(statement, signer)).toString('utf8'));
}
