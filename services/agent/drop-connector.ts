import type { Connector } from '../connectors/connector.ts';
import type { Inbox } from './inbox.ts';

/** What was dropped and not read yet. A report that came again under its name stands for both. */
export function openDrop(inbox: Inbox, source: string): Connector & { readonly clear: () => Promise<void> } {
  const files = new Map<string, string>();
  let passed: readonly string[] = [];
  return {
    listsAll: false,
    page: async () => {
      const { newest, files: all } = await inbox.list(source);
      passed = all;
      files.clear();
      for (const { name, file } of newest) files.set(name, file);
      const items = newest.map(({ name, version, size }) => ({
        ...{ key: name, version, size, name },
        location: `${source}/${name}`,
      }));
      return { items, gone: [], lost: [], cursor: null, checkpoint: null };
    },
    fetch: async ({ key, version }, { known }) => {
      if (known === version) return null;
      return { bytes: await inbox.read(files.get(key) ?? ''), mediaType: null };
    },
    /** Once what was listed is spooled. */
    clear: async () => {
      for (const file of passed) await inbox.remove(file);
    },
    close: async () => undefined,
  };
}
