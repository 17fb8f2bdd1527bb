import type { ErrorCode } from '../contracts/errors.ts';

/** What the shell is told. 0, 1 and 2 speak of a scan; the rest are those of sysexits.h. */
export const EXIT = {
  ok: 0,
  runFailed: 1,
  gateFailed: 2,
  usage: 64,
  badData: 65,
  notFound: 66,
  unavailable: 69,
  internal: 70,
  notAllowed: 77,
  configuration: 78,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const BY_ERROR: Partial<Record<ErrorCode, ExitCode>> = {
  invalid_request: EXIT.usage,
  not_found: EXIT.notFound,
  source_not_found: EXIT.notFound,
  object_not_found: EXIT.notFound,
  key_not_found: EXIT.notFound,
  entry_not_found: EXIT.notFound,
  enrolment_not_found: EXIT.notFound,
  review_not_found: EXIT.notFound,
  permit_missing: EXIT.notAllowed,
  permit_invalid: EXIT.notAllowed,
  permit_used: EXIT.notAllowed,
  order_invalid: EXIT.notAllowed,
  password_invalid: EXIT.notAllowed,
  authority_unavailable: EXIT.unavailable,
  unauthenticated: EXIT.notAllowed,
  forbidden: EXIT.notAllowed,
  source_not_allowed: EXIT.notAllowed,
  dependency_unavailable: EXIT.unavailable,
  internal_error: EXIT.internal,
  tool_failed: EXIT.internal,
  key_unusable: EXIT.internal,
};

/** Every other code is a complaint about the data that was given. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  return BY_ERROR[code] ?? EXIT.badData;
}
