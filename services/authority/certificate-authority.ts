import type { Environment, RevocationReason } from '../../contracts/keys.ts';

/** A newcomer whose signing request was checked. What the certificate says of it comes from here. */
export type Applicant = {
  readonly tenant: string;
  readonly environment: Environment;
  readonly keyId: string;
  readonly publicKeyPem: string;
  /** PKCS#10 in PEM, for an authority that wants to see it. */
  readonly csr: string;
};

export type IssuedCertificate = {
  /** Lower-case hexadecimal. */
  readonly serial: string;
  /** The certificate and its issuers as far as they are known, leaf first. */
  readonly certificatePem: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
};

/** What the first step gave, needed for the next ones. Its authority believes it no further than it can check it. */
export type Grant = {
  /** The compliance certificate. */
  readonly certificatePem: string;
  /** What an external gateway wants to see again. */
  readonly continuation: Continuation | null;
};
export type Continuation = {
  readonly request_id: string;
  readonly token: string;
  readonly secret: string;
};

export type Compliance = {
  readonly certificate: IssuedCertificate;
  readonly continuation: Continuation | null;
};

/**
 * Vouches for keys in production: a password, then a compliance certificate, a sample, then the production certificate.
 * `authority_unavailable` is worth another try, `authority_refused` is its no.
 */
export interface CertificateAuthority {
  /** Whose one-time passwords count: those that Certus issued and has checked by now, or the authority's own. */
  readonly passwords: 'ours' | 'its_own';
  requestCompliance(applicant: Applicant, password: string | null): Promise<Compliance>;
  /** The sample itself has been verified before. */
  submitSample(applicant: Applicant, grant: Grant, sample: string): Promise<void>;
  requestProduction(applicant: Applicant, grant: Grant): Promise<IssuedCertificate>;
}

export type RevokedCertificate = {
  readonly serial: string;
  readonly revokedAt: Date;
  readonly reason: RevocationReason;
};

export type RevocationList = {
  readonly number: number;
  readonly der: Uint8Array;
  readonly issuedAt: Date;
  readonly nextUpdate: Date;
};

/** The one inside of Certus: it also answers for the sandbox, and says what it has revoked. */
export interface BuiltInAuthority extends CertificateAuthority {
  readonly passwords: 'ours';
  /** Certificates in PEM: the issuing one, then its root. */
  readonly chainPem: string;
  issueSandbox(applicant: Applicant): Promise<IssuedCertificate>;
  /** Everything on the previous list stays on the new one, if it is one of ours. */
  revoke(
    number: number,
    revoked: readonly RevokedCertificate[],
    previous: Uint8Array | undefined,
  ): Promise<RevocationList>;
}
