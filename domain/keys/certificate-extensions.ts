import { X509Certificate } from '@sigstore/core';

/** What a certificate allows its key. */
export type Constraints = {
  readonly isCa: boolean;
  readonly pathLength: number | undefined;
  /** Undefined when the certificate leaves the usage open. */
  readonly usage: { readonly digitalSignature: boolean; readonly keyCertSign: boolean } | undefined;
  /** Object ids of what it is made for; undefined when that is open. */
  readonly extendedUsage: readonly string[] | undefined;
  readonly signatureAlgorithm: string;
};

/** Throws for what is no certificate, and for one with a condition that we would not hold to. */
export function constraintsOf(der: Uint8Array): Constraints {
  const certificate = X509Certificate.parse(Buffer.from(der));
  const ids = certificate.extensions.map((extension) => extension.subs[0]?.toOID() ?? '');
  if (new Set(ids).size !== ids.length) throw new Error('it has an extension twice');
  const unknown = ids.find((id) => certificate.extension(id)?.critical === true && !UNDERSTOOD.has(id));
  if (unknown !== undefined)
    throw new Error(`it has a critical condition that is not known here: ${unknown}`);
  const basic = certificate.extBasicConstraints;
  const usage = certificate.extKeyUsage;
  const { digitalSignature, keyCertSign } = usage ?? { digitalSignature: false, keyCertSign: false };
  return {
    isCa: basic?.isCA ?? false,
    pathLength: basic?.pathLenConstraint === undefined ? undefined : Number(basic.pathLenConstraint),
    usage: usage && { digitalSignature, keyCertSign },
    extendedUsage: certificate.extension(EXTENDED_KEY_USAGE)?.valueObj.subs[0]?.subs.map((id) => id.toOID()),
    signatureAlgorithm: certificate.root.subs[1]?.subs[0]?.toOID() ?? '',
  };
}

const EXTENDED_KEY_USAGE = '2.5.29.37';

/** Key identifiers, key usage, names, basic constraints, policies (asked of nobody), where to ask about revocation. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  '2.5.29.14',
  '2.5.29.15',
  '2.5.29.17',
  '2.5.29.18',
  '2.5.29.19',
  '2.5.29.31',
  '2.5.29.32',
  '2.5.29.35',
  EXTENDED_KEY_USAGE,
  '1.3.6.1.5.5.7.1.1',
]);
