import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { Descriptor, OCI_INDEX, parseJson } from './content.ts';

export const REF_NAME = 'org.opencontainers.image.ref.name';

/** Loose, so that what other tools wrote into a layout survives our writing to it. */
const LayoutIndex = z.looseObject({ schemaVersion: z.literal(2), manifests: z.array(Descriptor) });
export type LayoutIndex = z.infer<typeof LayoutIndex>;

export const EMPTY_INDEX: LayoutIndex = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] };

/** A broken index is never taken for an empty one: writing to it would then lose every tag. */
export const parseIndex = (bytes: Uint8Array, path: string): LayoutIndex => {
  const parsed = LayoutIndex.safeParse(parseJson(bytes));
  if (parsed.success) return parsed.data;
  throw new CertusError(
    'dependency_unavailable',
    `${path} is not an OCI image index: ${z.prettifyError(parsed.error)}`,
  );
};

export const tagOf = ({ annotations }: Descriptor): string | undefined => annotations?.[REF_NAME];

export const findManifest = (index: LayoutIndex, reference: string): Descriptor | undefined =>
  index.manifests.find((entry) => tagOf(entry) === reference || entry.digest === reference);

/** The index with the manifest in it. A tag moves; the manifest that it leaves stays reachable by its digest. */
export const addManifest = (index: LayoutIndex, added: Descriptor, tag: string | undefined): LayoutIndex => {
  const known = index.manifests.filter((entry) => entry.digest === added.digest);
  if (known.some((entry) => tag === undefined || tagOf(entry) === tag)) return index;

  const left = tag === undefined ? undefined : index.manifests.find((entry) => tagOf(entry) === tag);
  const kept = index.manifests.filter(
    (entry) => entry !== left && !(known.includes(entry) && tagOf(entry) === undefined),
  );
  const orphaned = left !== undefined && !kept.some((entry) => entry.digest === left.digest);
  const entry =
    tag === undefined ? added : { ...added, annotations: { ...added.annotations, [REF_NAME]: tag } };
  return { ...index, manifests: [...kept, ...(orphaned ? [untagged(left)] : []), entry] };
};

/** The index without that manifest under any name. */
export const removeManifest = (index: LayoutIndex, digest: string): LayoutIndex => ({
  ...index,
  manifests: index.manifests.filter((entry) => entry.digest !== digest),
});

const untagged = ({ annotations = {}, ...descriptor }: Descriptor): Descriptor => {
  const { [REF_NAME]: _tag, ...others } = annotations;
  return Object.keys(others).length === 0 ? descriptor : { ...descriptor, annotations: others };
};
