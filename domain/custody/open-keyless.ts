import { AnyStatement } from '../../contracts/signing.ts';
import { SigstoreError } from '../sigstore/sigstore-error.ts';
import type { TrustedRoot } from '../sigstore/trusted-root.ts';
import { verifySigstoreBundle } from '../sigstore/verify-sigstore-bundle.ts';
import { CustodyError } from './custody-error.ts';
import { sha256 } from './digest.ts';
import type { OpenedSignature } from './open-signature.ts';

type Expected = {
  /** Nobody is believed when it is missing. */
  readonly root: TrustedRoot | undefined;
  readonly at: Date;
  readonly content?: Uint8Array | undefined;
};

/** Believes what somebody signed under an identity of their own, which an authority of the pinned trusted root vouches for. */
export function openKeyless(bytes: Uint8Array, { root, at, content }: Expected): OpenedSignature {
  const artifact = content === undefined ? undefined : { bytes: content };
  const { bundle, signer } = held(() => verifySigstoreBundle(bytes, { root, now: at }, { artifact }));
  if (signer.kind !== 'certificate')
    throw new CustodyError('untrusted_signer', 'a keyless signature carries a certificate');
  const name = `${signer.issuer} ${signer.subject}`.slice(0, 200);
  if (bundle.content.$case === 'messageSignature') {
    if (content === undefined) throw new CustodyError('malformed', 'what was signed is not there');
    return {
      kind: 'message',
      signer: name,
      subjects: [sha256(content)],
      predicateType: null,
      statement: undefined,
    };
  }
  const statement = AnyStatement.parse(JSON.parse(bundle.content.dsseEnvelope.payload.toString('utf8')));
  const subjects = statement.subject.map(({ digest }) => digest.sha256 ?? '');
  return { kind: 'statement', signer: name, subjects, predicateType: statement.predicateType, statement };
}

function held<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof SigstoreError)) throw error;
    const code = error.family === 'trust' ? 'untrusted_signer' : 'signature_invalid';
    throw new CustodyError(code, error.message);
  }
}
