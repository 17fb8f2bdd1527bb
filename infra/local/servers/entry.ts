import type { Artifact } from '../obtain/artifact.ts';
import type { Ports } from '../ports.ts';
import type { Program, Report } from '../supervise/program.ts';

export type ServerName =
  | 'postgres'
  | 'temporal'
  | 'temporal-test-server'
  | 's3'
  | 'opensearch'
  | 'registry'
  | 'cosign'
  | 'openssl'
  | 'onnxruntime'
  | ScannerName;

/** Scanners of others. */
export type ScannerName =
  | 'gitleaks'
  | 'osv-scanner'
  | 'syft'
  | 'bandit'
  | 'semgrep'
  | 'detect-secrets'
  | 'checkov'
  | 'ruff';

/** One real server, or a tool that has no process: where it comes from, how it starts, what it offers. */
export type ServerEntry = {
  readonly name: ServerName;
  readonly title: string;
  readonly artifact: Artifact;
  /** Nothing that Certus needs: only obtained for who names it, or asks for everything. */
  readonly onRequest?: boolean;
  /** Makes what the server needs before its start, idempotently, and says how it is run. */
  readonly prepare: (context: ServerContext) => Promise<Prepared>;
};

export type ServerContext = {
  /** The obtained artifact. */
  readonly path: string;
  /** Where the server keeps its state: absolute, exists. */
  readonly folder: string;
  readonly ports: Ports;
  /** The state is thrown away afterwards: it need not survive a power failure. */
  readonly ephemeral: boolean;
  readonly report: Report;
};

export type Prepared = {
  /** Absent for a tool. */
  readonly program?: Program;
  /** Once it is healthy, before anyone uses it. */
  readonly afterStart?: () => Promise<void>;
  /** How others find it. */
  readonly environment: Readonly<Record<string, string>>;
};
