import type { EnrolmentView } from '../../contracts/enrolment.ts';
import type { EnrolmentRecord } from '../../services/database/enrolments.ts';

/** Without what an external gateway gave: that is for Trust alone. */
export const enrolmentView = (record: EnrolmentRecord): EnrolmentView => ({
  enrolment_id: record.id,
  state: record.state,
  environment: record.environment,
  key_id: record.keyId,
  challenge: record.challenge,
  compliance_certificate_pem: record.complianceCertificate,
  certificate_pem: record.certificate,
  sample_verified_at: record.sampleVerifiedAt?.toISOString() ?? null,
  created_at: record.createdAt.toISOString(),
  expires_at: record.expiresAt.toISOString(),
});
