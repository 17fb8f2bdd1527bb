import type { ErrorCode } from '../../../contracts/errors.ts';
import type { Finding } from '../../../contracts/finding.ts';
import type { Notice } from '../../../contracts/scan.ts';
import type { ToolData } from '../../../contracts/tool-run.ts';
import type { BuiltInTool, Tool } from '../../../contracts/tools.ts';
import type { ReportFormat } from '../../../domain/finding/readers/report-format.ts';
import type { BuiltInContext, BuiltInDocument } from './built-in-tool.ts';

// What goes to a thread and comes back: values alone, since no class survives the way.

export type ScanTask = { readonly tool: BuiltInTool; readonly context: Omit<BuiltInContext, 'files'> };

/** Reading what a tool has written: as hostile as the source, and as large as the tool could make it. */
export type ReportTask = {
  readonly tool: Tool;
  readonly format: ReportFormat;
  readonly report: Uint8Array;
  readonly tree: string;
  readonly writable: string;
  readonly keep: 'masked' | 'normalised';
  readonly version: string | null;
  readonly exclude: readonly string[];
};

export type ThreadResult = {
  readonly version: string | null;
  readonly findings: readonly Finding[];
  readonly notices: readonly Notice[];
  /** The report for the bundle. */
  readonly report: Uint8Array;
  readonly documents: readonly BuiltInDocument[];
  readonly data: ToolData | null;
  readonly incomplete?: string | undefined;
};

export type ThreadFailure = { readonly code: ErrorCode; readonly message: string };
export type ThreadAnswer = ThreadResult | { readonly failure: ThreadFailure };
