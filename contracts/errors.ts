/** Every way in which Certus says no. The code is part of the contract; the message is for people. */
export const ERROR_STATUS = {
  // what was asked
  invalid_request: 422,
  malformed_json: 400,
  payload_too_large: 413,
  unsupported_media_type: 415,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  idempotency_conflict: 409,
  upgrade_required: 426,
  unknown_profile: 422,
  unsupported_tool: 422,
  scan_not_finished: 409,
  scan_finished: 409,
  not_uploadable: 409,
  range_not_satisfiable: 416,
  // manifests
  manifest_invalid: 422,
  manifest_not_found: 422,
  manifest_unreachable: 422,
  manifest_unsigned: 422,
  manifest_signature_invalid: 422,
  // ingestion
  item_unreadable: 422,
  server_path_refused: 400,
  ingestion_ended: 409,
  // deliveries of agents
  agent_not_enrolled: 403,
  delivery_invalid: 422,
  delivery_out_of_order: 409,
  delivery_waits: 429,
  // embeddings
  embedding_failed: 502,
  // archives
  archive_invalid: 422,
  archive_too_large: 413,
  archive_not_found: 422,
  // reports of other tools
  report_invalid: 422,
  // where the source comes from
  source_not_allowed: 403,
  source_not_found: 422,
  source_unreachable: 422,
  source_changed: 409,
  not_a_repository: 422,
  repository_has_no_commits: 422,
  revision_not_found: 422,
  source_empty: 422,
  source_too_large: 422,
  // one thing that a source has
  item_gone: 422,
  item_too_large: 422,
  content_elsewhere: 422,
  robots_disallowed: 422,
  robots_unavailable: 422,
  indexing_refused: 422,
  render_unavailable: 503,
  // custody
  key_unusable: 500,
  bundle_invalid: 422,
  permit_missing: 403,
  permit_invalid: 403,
  permit_used: 403,
  quarantined: 409,
  // orders to Trust, keys and certificates
  order_invalid: 403,
  order_expired: 409,
  key_not_found: 404,
  key_in_use: 409,
  key_revoked: 409,
  key_mismatch: 422,
  key_too_weak: 422,
  certificate_invalid: 422,
  certificate_expired: 422,
  certificate_not_yet_valid: 422,
  signing_request_invalid: 422,
  password_invalid: 403,
  too_many_attempts: 429,
  sample_invalid: 422,
  enrolment_not_found: 404,
  enrolment_not_ready: 409,
  authority_unavailable: 503,
  authority_refused: 502,
  no_signing_key: 409,
  no_sanitize_key: 409,
  // statements and what they are about
  statement_invalid: 422,
  signature_invalid: 422,
  untrusted_signer: 422,
  policy_invalid: 422,
  entry_not_found: 404,
  log_damaged: 500,
  golden_conflict: 409,
  digest_mismatch: 409,
  // documents, reviews and what becomes of golden
  upload_not_found: 404,
  upload_incomplete: 409,
  upload_expired: 409,
  checksum_mismatch: 422,
  privacy_policy_invalid: 422,
  privacy_held: 409,
  review_not_found: 404,
  review_closed: 409,
  second_person_required: 409,
  legal_hold: 409,
  object_retained: 409,
  deleted: 409,
  golden_drifted: 409,
  // the servers behind us
  object_not_found: 404,
  object_conflict: 409,
  object_too_large: 413,
  invalid_key: 422,
  registry_refused: 502,
  answer_untrusted: 502,
  dependency_unavailable: 503,
  tool_failed: 500,
  tool_not_available: 503,
  tool_timed_out: 504,
  newer_database: 500,
  migration_failed: 500,
  internal_error: 500,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** Codes worth another try: the world may have changed. Everything else stays wrong however often it is asked. */
const RETRYABLE: ReadonlySet<ErrorCode> = new Set([
  'dependency_unavailable',
  'internal_error',
  'source_unreachable',
  'robots_unavailable',
  'manifest_unreachable',
  'authority_unavailable',
]);

export type FieldError = { readonly path: string; readonly message: string };

/** The one error class that crosses rooms. Anything else that is thrown is a bug and answers as internal_error. */
export class CertusError extends Error {
  readonly code: ErrorCode;
  readonly fields: readonly FieldError[];

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; fields?: readonly FieldError[] } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CertusError';
    this.code = code;
    this.fields = options.fields ?? [];
  }

  get retryable(): boolean {
    return RETRYABLE.has(this.code);
  }
}
