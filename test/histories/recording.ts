import type { Client } from '@temporalio/client';
import type { ScanInput } from '../../contracts/workflows.ts';
import type { Activities } from '../workflow/fakes.ts';

export type Recording = {
  readonly name: string;
  readonly activities: (input: ScanInput) => Activities;
  /** Which of the workflows of the run. */
  readonly of: (input: ScanInput) => string;
  /** How the run begins, where not as a scan. */
  readonly start?: (client: Client, input: ScanInput) => Promise<void>;
  /** What is asked for otherwise than usual. */
  readonly input?: Partial<ScanInput>;
  /** Of a workflow that went on in another history: the first one. */
  readonly first?: boolean;
  /** Whether it takes a server that has workflows go on in another history soon. */
  readonly short?: boolean;
};
