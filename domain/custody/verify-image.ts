import type { KeyObject } from 'node:crypto';
import { SigstoreError } from '../sigstore/sigstore-error.ts';
import type { TrustedRoot } from '../sigstore/trusted-root.ts';
import {
  type Expected,
  type VerifiedBundle,
  verifySigstoreBundle,
} from '../sigstore/verify-sigstore-bundle.ts';

export type ImageQuestion = {
  /** `sha256:…` of the manifest. */
  readonly digest: string;
  readonly trust: {
    readonly key?: KeyObject | undefined;
    readonly root?: TrustedRoot | undefined;
    readonly now: Date;
  };
  readonly predicateType?: string | undefined;
  readonly identity?: Expected['identity'];
};

export type ImageAnswer = {
  readonly verified: readonly VerifiedBundle[];
  /** Why each of the others is not believed. */
  readonly refused: readonly SigstoreError[];
};

/** What cosign writes for a plain signature of an image: a statement that says nothing but which image. */
export const COSIGN_SIGNATURE = 'https://sigstore.dev/cosign/sign/v1';

/**
 * Which of the bundles that were attached to an image hold and are about it. Anybody who may push can attach something:
 * that one does not hold takes nothing from another.
 */
export function verifyImage(bundles: readonly Uint8Array[], question: ImageQuestion): ImageAnswer {
  const artifact = { sha256: question.digest.replace(/^sha256:/, '') };
  const expected = { artifact, predicateType: question.predicateType, identity: question.identity };
  const verified: VerifiedBundle[] = [];
  const refused: SigstoreError[] = [];
  for (const bytes of bundles) {
    try {
      verified.push(verifySigstoreBundle(bytes, question.trust, expected));
    } catch (error) {
      if (!(error instanceof SigstoreError)) throw error;
      refused.push(error);
    }
  }
  return { verified, refused };
}
