import type { Profile, ToolConfig } from './manifest.ts';
import type { Tool } from './tools.ts';

// Workflow code imports this file: it must stay free of everything that a workflow's sandbox need not load.

/** One tool a run is going to use, with everything spelt out that the manifest may leave unsaid. */
export type ToolRequest = { readonly id: Tool; readonly required: boolean; readonly config: ToolConfig };

export const toolRequests = (profile: Pick<Profile, 'tools'>): ToolRequest[] =>
  profile.tools.map((choice) =>
    typeof choice === 'string'
      ? { id: choice, required: false, config: {} }
      : { id: choice.id, required: choice.required ?? false, config: choice.config ?? {} },
  );

/** One tool's order for one run: what the manifest tells it, and what of the profile concerns it. */
export type ToolOrder = ToolRequest & {
  readonly deniedLicenses: readonly string[];
  /** The running target of a scan from outside. */
  readonly target: string | null;
  /** When the profile's ceiling for all tools together is reached, ISO 8601. */
  readonly until: string | null;
};
