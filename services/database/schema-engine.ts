import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';

export type Schema = { readonly path: string; readonly content: string };

/** Prisma's schema engine as WebAssembly: the native one's work, without a download per platform. */
export async function openSchemaEngine(
  factory: SqlMigrationAwareDriverAdapterFactory,
  schema: Schema,
): Promise<bindings.SchemaEngine> {
  loaded ??= load();
  await loaded;
  const datamodels: [string, string][] = [[schema.path, schema.content]];
  const adapter = bindMigrationAwareSqlAdapterFactory(factory);
  return await bindings.SchemaEngine.new({ datamodels }, () => undefined, adapter);
}

let loaded: Promise<void> | undefined;

/** Does what the package's own entry does with an `import` of a .wasm file, which Node cannot do yet. */
async function load(): Promise<void> {
  const entry = import.meta.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const compiled = await WebAssembly.compile(await readFile(fileURLToPath(entry.replace(/\.js$/, '.wasm'))));
  const { exports } = await WebAssembly.instantiate(compiled, { './schema_engine_bg.js': imports() });
  bindings.__wbg_set_wasm(exports);
  exports.__wbindgen_start?.();
}

/** The engine never clears the time limit of its lock: a finished process would stay for another ten seconds. */
function imports(): Record<string, unknown> {
  const given: Record<string, unknown> = { ...bindings };
  for (const name of Object.keys(given).filter((key) => key.startsWith('__wbg_setTimeout_'))) {
    given[name] = (callback: () => void, milliseconds: number) => setTimeout(callback, milliseconds).unref();
  }
  return given;
}

/** The little of the standard that is used here; the types of browsers stay out of a server. */
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(
    compiled: object,
    imports: Record<string, Record<string, unknown>>,
  ): Promise<{ exports: Record<string, (() => void) | undefined> }>;
};
