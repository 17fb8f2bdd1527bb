import { CertusError } from '../contracts/errors.ts';
import { EXIT, type ExitCode, exitCodeOf } from './exit-codes.ts';

/** A command's own no, for faults that never reached the API. */
export class CommandError extends Error {
  readonly code: string;
  readonly exitCode: ExitCode;
  constructor(code: string, exitCode: ExitCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CommandError';
    this.code = code;
    this.exitCode = exitCode;
  }
}

export type Complaint = { readonly code: string; readonly message: string; readonly exitCode: ExitCode };

/** Any error as the one line a person reads and the code a pipeline acts on. */
export function complaintOf(error: unknown): Complaint {
  if (error instanceof CommandError) return error;
  if (error instanceof CertusError) {
    return { code: error.code, message: error.message, exitCode: exitCodeOf(error.code) };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal_error', message, exitCode: EXIT.internal };
}
