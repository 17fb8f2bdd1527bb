import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runToolOn } from '../../../activities/scan/run-tool.ts';
import { readToolResult, type ToolResult } from '../../../activities/scan/tool-result.ts';
import { createToolMeans, type ToolMeans } from '../../../activities/scan/tools/tool-means.ts';
import { rawPrefix } from '../../../contracts/object-keys.ts';
import type { NewScanEvent } from '../../../contracts/scan-event.ts';
import type { ToolOrder } from '../../../contracts/tool-choice.ts';
import type { ToolRun } from '../../../contracts/tool-run.ts';
import type { Tool } from '../../../contracts/tools.ts';
import type { ScanInput } from '../../../contracts/workflows.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';

export const SCOPE = { tenant: 'default', workspace: 'default' };
const TEST_ID = 'test_0123456789ab';

export type ToolSettings = {
  readonly path?: string;
  readonly advisories?: string;
  readonly needIsolation?: boolean;
  readonly targets?: string[];
  /** What the machine is said to offer. */
  readonly method?: ToolMeans extends { bestMethod: () => Promise<infer M> } ? M : never;
};
export type Told = {
  readonly run: ToolRun;
  readonly result: ToolResult;
  readonly report: (path: string) => Promise<string>;
};

/** A worker's means, a source and a store, in a folder that is thrown away. */
export class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), 'certus-tools-'));
  readonly tree = join(this.folder, 'work', 'checkout', 'tree');
  readonly bin = join(this.folder, 'bin');
  readonly events: NewScanEvent[] = [];
  readonly means: ToolMeans;
  /** Set for a store of events that is away. */
  eventsFail = false;

  constructor({ path, advisories, needIsolation, targets, method }: ToolSettings = {}) {
    for (const folder of [this.tree, this.bin]) mkdirSync(folder, { recursive: true });
    this.means = {
      ...createToolMeans(
        {
          CERTUS_TOOL_PATH: path ?? this.bin,
          CERTUS_TOOLS_SIDE_BY_SIDE: 2,
          CERTUS_TOOLS_NEED_ISOLATION: needIsolation ?? false,
          CERTUS_DAST_ALLOWED_HOSTS: targets ?? [],
          CERTUS_ADVISORIES: advisories,
        },
        undefined,
      ),
      cache: join(this.folder, 'cache'),
      ...(method === undefined ? {} : { bestMethod: async () => method }),
    };
  }

  file(path: string, text: string): void {
    mkdirSync(dirname(join(this.tree, path)), { recursive: true });
    writeFileSync(join(this.tree, path), text);
  }

  /** A program by the name of a tool that does what the test wants. */
  fake(name: string, script: string): void {
    writeFileSync(join(this.bin, name), `#!/bin/bash\n${script}\n`);
    chmodSync(join(this.bin, name), 0o755);
  }

  async run(id: Tool, more: Partial<ToolOrder> = {}, signal = new AbortController().signal): Promise<Told> {
    const raw = await openDirectoryStore(join(this.folder, 'objects')).bucket('raw');
    const events = {
      append: async (_scope: unknown, _testId: string, events: readonly NewScanEvent[]) => {
        if (this.eventsFail) throw new Error('the store is away');
        this.events.push(...events);
      },
    };
    const order: ToolOrder = {
      ...{ id, required: false, config: {}, deniedLicenses: [], target: null, until: null },
      ...more,
    };
    const deps = { raw, events, tools: this.means, workFolder: join(this.folder, 'work') };
    const run = await runToolOn(this.tree, deps, INPUT, order, signal);
    return {
      run,
      result: await readToolResult(raw, SCOPE, TEST_ID, id),
      report: async (path) =>
        Buffer.from(await raw.read(`${rawPrefix(SCOPE, TEST_ID)}${path}`, 64 * 1024 * 1024)).toString('utf8'),
    };
  }

  lines(): string[] {
    return this.events.flatMap(({ type, data }) => (type === 'log' ? [String(data.line)] : []));
  }

  async remove(): Promise<void> {
    await this.means.threads.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const INPUT: ScanInput = {
  scope: SCOPE,
  component: 'shop',
  assessment: 'a1',
  testId: TEST_ID,
  source: { type: 'directory', path: '/nowhere' },
  profile: 'light',
  manifest: { type: 'repository', path: 'certus.yaml' },
  requestedBy: null,
  requestedAt: '2026-01-01T00:00:00.000Z',
  publish: false,
};
