import type { ToolConfig } from '../../contracts/manifest.ts';
import type { BuiltInTool, ToolCategory } from '../../contracts/tools.ts';

export type BuiltInDeclaration = {
  readonly title: string;
  readonly category: ToolCategory;
  readonly limits: { readonly seconds: number; readonly memoryMb: number };
  readonly heeds: readonly (keyof ToolConfig)[];
};

const LIMITS = { seconds: 900, memoryMb: 2048 } as const;
const HEEDS: readonly (keyof ToolConfig)[] = ['exclude', 'timeout'];

/** What our own scanners are called, and what they may use up; what they do is theirs to say. */
export const BUILT_IN: Readonly<Record<BuiltInTool, BuiltInDeclaration>> = {
  secrets: { title: 'Secrets', category: 'secrets', limits: LIMITS, heeds: HEEDS },
  sast: { title: 'Code', category: 'sast', limits: LIMITS, heeds: HEEDS },
  hygiene: { title: 'Repository hygiene', category: 'hygiene', limits: LIMITS, heeds: HEEDS },
  privacy: { title: 'Personal data', category: 'privacy', limits: LIMITS, heeds: HEEDS },
  sbom: { title: 'Components', category: 'sbom', limits: LIMITS, heeds: HEEDS },
  licenses: { title: 'Licences', category: 'license', limits: LIMITS, heeds: HEEDS },
  vulnerabilities: { title: 'Known vulnerabilities', category: 'sca', limits: LIMITS, heeds: HEEDS },
};
