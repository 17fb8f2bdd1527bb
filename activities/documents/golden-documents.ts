import pMap from 'p-map';
import type { BundleFile } from '../../contracts/bundle.ts';
import { DOCUMENTS, type ReceivedDocument } from '../../contracts/documents.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { PromotionItem } from '../../services/database/promotion-items.ts';
import type { Bucket } from '../../services/objects/store.ts';
import { MASKED_FROM } from './place-document.ts';

type Listed = ReceivedDocument & { readonly ordinal: number };

/** Rows say what was done; they must be of these very documents, one for each. */
export function requireEveryDocument(documents: readonly Listed[], items: readonly PromotionItem[]): void {
  const same =
    documents.length === items.length &&
    documents.every(({ name, sha256, size }, at) => {
      const item = items[at];
      return item?.ordinal === at && item.name === name && item.sha256 === sha256 && item.size === size;
    });
  if (!same) throw new CertusError('bundle_invalid', 'not every document of this run was placed');
}

/**
 * Golden holds what the rows say, and nothing beside it. Only Transform writes there, and under the name of a document only
 * what may pass: so of an unchanged one it is enough that it is there, and a masked one says itself what it was made of. What
 * an attempt left that came to another end is taken away.
 */
export async function requireInGolden(
  golden: Bucket,
  to: string,
  items: readonly PromotionItem[],
): Promise<void> {
  const expected = new Map(items.flatMap(placedFile).map((file) => [file.path, file]));
  const others: string[] = [];
  for await (const { key, size } of golden.list(`${to}${DOCUMENTS}`)) {
    const file = expected.get(key.slice(to.length));
    if (file === undefined) others.push(key);
    else if (file.size !== size) throw notThere(file.path);
    else if (file.from === undefined) expected.delete(file.path);
  }
  const masked = [...expected.values()];
  await pMap(masked, (file) => requireMasked(golden, to, file), { concurrency: 16 });
  await pMap(others, (key) => golden.remove(key), { concurrency: 16 });
}

type Placed = Pick<BundleFile, 'sha256' | 'size'> & {
  readonly path: string;
  /** Of a masked copy: of which document it is one. */
  readonly from?: string;
};

function placedFile({ name, sha256, size, outcome, after }: PromotionItem): Placed[] {
  if (outcome === 'clean' || outcome === 'released') return [{ path: `${DOCUMENTS}${name}`, sha256, size }];
  if (outcome === 'masked' && after !== null) return [{ ...after, from: sha256 }];
  return [];
}

/** Whatever is left over here is not in golden, or is a masked copy. */
async function requireMasked(golden: Bucket, to: string, { path, sha256, from }: Placed): Promise<void> {
  const info = await golden.head(`${to}${path}`);
  if (from === undefined || info?.sha256 !== sha256 || info.metadata[MASKED_FROM] !== from)
    throw notThere(path);
}

const notThere = (path: string) =>
  new CertusError('digest_mismatch', `golden does not hold ${path} as it was placed there`);
