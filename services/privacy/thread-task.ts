import type { MessagePort } from 'node:worker_threads';
import type { ErrorCode } from '../../contracts/errors.ts';
import type { Detected } from '../../domain/sanitize/detector.ts';
import type { Inspected } from './inspector.ts';

// What goes to a thread and comes back: values alone, since no class survives the way.

export type ThreadTask = {
  readonly name: string;
  readonly size: number;
  /** Its bytes, as far as they are wanted, or the open file in which they are. */
  readonly content: { readonly bytes: Uint8Array } | { readonly fd: number };
  /** The policy as JSON: a thread knows it again by it. */
  readonly policy: string;
  readonly as: 'documents' | 'evidence';
  readonly mask: 'action' | 'all' | undefined;
  readonly preview: boolean | undefined;
  readonly maxBytes: number;
  /** Where pictures are read, if anywhere. */
  readonly pictures: MessagePort | undefined;
  /** Where names are asked for, if anywhere. */
  readonly names: MessagePort | undefined;
};

/** Of the texts that were asked about. */
export type NamesAnswer =
  | { readonly found: readonly (readonly Detected[])[] }
  | { readonly failure: { readonly code: ErrorCode; readonly message: string } };

export type ThreadAnswer =
  | Inspected
  | { readonly failure: { readonly code: ErrorCode; readonly message: string } };
