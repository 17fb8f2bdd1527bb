import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Settings } from '../../../services/config/settings.ts';
import { bestMethod, type Method } from '../../../services/sandbox/detect.ts';
import { pathFolders } from '../../../services/tools/on-path.ts';
import { createThreadPool, type ThreadPool } from '../built-in/pool.ts';
import { ToolSlots } from './tool-slots.ts';

/** What a worker has to run tools with. */
export type ToolMeans = {
  /** Where installed scanners are looked for. */
  readonly folders: readonly string[];
  /** Where scanners keep their databases for the user that updates them. */
  readonly cache: string;
  /** A folder of databases, or the address of an OSV service. */
  readonly advisories: string | null;
  /** Where a tool of others could read what the worker can, which only bubblewrap prevents, it is not run. */
  readonly needIsolation: boolean;
  /** The running targets that may be visited: the worker's network is not the manifest's to choose from. */
  readonly targets: readonly string[];
  readonly bestMethod: () => Promise<Method>;
  readonly slots: ToolSlots;
  readonly threads: ThreadPool;
};

type ToolSettings = Pick<
  Settings,
  | 'CERTUS_TOOL_PATH'
  | 'CERTUS_TOOLS_SIDE_BY_SIDE'
  | 'CERTUS_TOOLS_NEED_ISOLATION'
  | 'CERTUS_DAST_ALLOWED_HOSTS'
  | 'CERTUS_ADVISORIES'
>;

export const createToolMeans = (settings: ToolSettings, path: string | undefined): ToolMeans => ({
  folders: pathFolders(settings.CERTUS_TOOL_PATH ?? path),
  cache: process.platform === 'darwin' ? join(homedir(), 'Library/Caches') : join(homedir(), '.cache'),
  advisories: settings.CERTUS_ADVISORIES ?? null,
  needIsolation: settings.CERTUS_TOOLS_NEED_ISOLATION,
  targets: settings.CERTUS_DAST_ALLOWED_HOSTS,
  bestMethod,
  slots: new ToolSlots(settings.CERTUS_TOOLS_SIDE_BY_SIDE),
  threads: createThreadPool({ threads: settings.CERTUS_TOOLS_SIDE_BY_SIDE, memoryMb: 2048 }),
});

/** The folder of CERTUS_ADVISORIES, where it is one. */
export const advisoryFolder = ({ advisories }: Pick<ToolMeans, 'advisories'>): string | undefined =>
  advisories !== null && isAbsolute(advisories) ? advisories : undefined;
