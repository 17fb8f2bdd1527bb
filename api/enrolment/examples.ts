import type { CertificateStatus, EnrolmentView, PasswordView } from '../../contracts/enrolment.ts';

const CSR =
  '-----BEGIN CERTIFICATE REQUEST-----\nMIHVMH0CAQAwGzEZMBcGA1UEAwwQ…\n-----END CERTIFICATE REQUEST-----\n';
const ENROLMENT_ID = 'enr_0123456789abcdef01234567';

export const orderExample = 'order_0123456789abcdef0123456789abcdef';
export const sandboxExample = { csr: CSR };
export const complianceExample = { csr: CSR, password: '7K3M-9QXA-0PDT-E4HN-WZ52-VRCB' };
export const sampleExample = {
  bundle: {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint: '0123456789abcdef0123456789abcdef' } },
    dsseEnvelope: {
      payload: 'e30=',
      payloadType: 'application/vnd.in-toto+json',
      signatures: [{ sig: 'MEUC', keyid: '' }],
    },
  },
};
export const passwordRequestExample = { environment: 'production', ttl_minutes: 60 };
export const passwordExample: PasswordView = {
  password_id: 'otp_0123456789abcdef',
  password: '7K3M-9QXA-0PDT-E4HN-WZ52-VRCB',
  environment: 'production',
  expires_at: '2026-03-01T13:00:00.000Z',
};
export const enrolmentExample: EnrolmentView = {
  enrolment_id: ENROLMENT_ID,
  state: 'compliance_issued',
  environment: 'production',
  key_id: '0123456789abcdef0123456789abcdef',
  challenge: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  compliance_certificate_pem: '-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----\n',
  certificate_pem: null,
  sample_verified_at: null,
  created_at: '2026-03-01T12:00:00.000Z',
  expires_at: '2026-03-01T13:00:00.000Z',
};
export const acceptedExample = { order_id: orderExample, enrolment_id: ENROLMENT_ID };
export const statusExample: CertificateStatus = {
  serial: '4f1d2c3b4a5968778695a4b3c2d1e0ff',
  status: 'good',
  revoked_at: null,
  reason: null,
  list_number: 12,
  this_update: '2026-03-01T02:00:00.000Z',
  next_update: '2026-03-08T02:00:00.000Z',
};
