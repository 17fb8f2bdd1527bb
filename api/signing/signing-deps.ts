import type { ApiDeps } from '../deps.ts';
import type { KeylessSigner } from './keyless.ts';

export type SigningDeps = Pick<ApiDeps, 'database' | 'temporal' | 'objects'> & {
  /** Missing where no Fulcio, no Rekor or no trusted root is set. */
  readonly keyless?: KeylessSigner | undefined;
};
