import { z } from 'zod';
import { BUNDLE, type BundleIndex, MAX_FILES } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import { jsonOf } from '../../contracts/json-of.ts';
import type { SanitizeStatement } from '../../contracts/statements.ts';
import { publishedFiles } from '../../domain/custody/explained-files.ts';
import { type RegistryCopy, UNASKED } from '../../domain/provenance/chain-answer.ts';
import type { ChainFacts } from '../../domain/provenance/chain-facts.ts';
import type { Registry } from '../../services/registry/registry.ts';
import type { ApiDeps } from '../deps.ts';

type Settings = Pick<ApiDeps['settings'], 'CERTUS_REGISTRY_URL' | 'CERTUS_REGISTRY_NAMESPACE'>;

/** More than this is not pulled while somebody waits. */
const MAX_PULLED = 64 * 1024 * 1024;
const TITLE = 'org.opencontainers.image.title';

/** Holds what the registry serves for a run to what golden shows of the index whose bytes were checked. Where it cannot be asked, nothing is said. */
export async function registryCopy(
  { CERTUS_REGISTRY_URL: url, CERTUS_REGISTRY_NAMESPACE: namespace }: Settings,
  { run, inspection }: ChainFacts,
): Promise<RegistryCopy> {
  if (url === undefined || inspection?.index == null) return UNASKED;
  const { openRegistry } = await import('../../services/registry/open-registry.ts');
  const repository = `${namespace}/${run.tenant}/${run.workspace}/${run.component}`;
  try {
    const registry = await openRegistry(url);
    const stored = await registry.pullManifest(repository, run.testId);
    if (stored === undefined)
      return { valid: run.ociReference === null ? null : false, digestsMatch: null, contentIdentical: null };
    const layers = layersOf(stored.bytes);
    const { index, sanitized, bundleDigest } = inspection;
    const matches = layers !== undefined && holdsAlone(layers, index, bundleDigest, sanitized ?? undefined);
    return {
      valid: matches,
      digestsMatch: matches,
      contentIdentical: matches ? await identical(registry, repository, layers) : false,
    };
  } catch (error) {
    // one that does not answer, or not without a password, has said nothing about the bundle
    if (error instanceof CertusError && SILENT.has(error.code)) return UNASKED;
    throw error;
  }
}

/**
 * Each file as golden shows it, and besides them nothing but statements: what was withheld from golden, or masked on its way
 * there, must not be had from the registry either.
 */
function holdsAlone(
  layers: Layers,
  index: BundleIndex,
  bundleDigest: string,
  sanitized: SanitizeStatement | undefined,
): boolean {
  const expected = new Map<string, string>(
    publishedFiles(index, sanitized).map(({ path, sha256 }) => [path, sha256]),
  );
  expected.set(BUNDLE.index, bundleDigest);
  const evidence = [...layers].filter(([path]) => !path.startsWith(BUNDLE.statements));
  return (
    evidence.length === expected.size && evidence.every(([path, { sha256 }]) => expected.get(path) === sha256)
  );
}

const SILENT: ReadonlySet<string> = new Set(['dependency_unavailable', 'registry_refused']);

type Layers = ReadonlyMap<string, { readonly sha256: string; readonly size: number }>;

const Manifest = z.object({
  layers: z
    .array(
      z.object({
        digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
        size: z.number().int().min(0),
        annotations: z.record(z.string(), z.string()).optional(),
      }),
    )
    .max(MAX_FILES + 20),
});

/** Nothing for a manifest that gives two layers one name: which of them somebody gets is anybody's guess. */
function layersOf(bytes: Uint8Array): Layers | undefined {
  const { data } = Manifest.safeParse(jsonOf(bytes));
  if (data === undefined) return undefined;
  const layers = new Map(
    data.layers.map(({ digest, size, annotations }) => [
      annotations?.[TITLE] ?? '',
      { sha256: digest.slice('sha256:'.length), size },
    ]),
  );
  return layers.size === data.layers.length ? layers : undefined;
}

/** A manifest only promises: what is served under its digests is pulled, and hashed on the way. */
async function identical(registry: Registry, repository: string, layers: Layers): Promise<boolean | null> {
  const all = [...layers.values()];
  if (all.reduce((sum, { size }) => sum + size, 0) > MAX_PULLED) return null;
  try {
    for (const { sha256, size } of all) await registry.pullBlob(repository, `sha256:${sha256}`, size);
    return true;
  } catch (error) {
    if (error instanceof CertusError && ALTERED.has(error.code)) return false;
    throw error;
  }
}

const ALTERED: ReadonlySet<string> = new Set(['digest_mismatch', 'object_not_found', 'object_too_large']);
