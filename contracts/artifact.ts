import { z } from 'zod';
import { BundleFile } from './bundle.ts';
import { Sha256, TestId } from './identifiers.ts';

/** One file of a run's evidence, as its index lists it. */
export const Artifact = BundleFile.extend({
  /** What the run calls it; null for files that it only lists. */
  name: z.string().nullable(),
  /** Whether personal data was found in it, so that it is for reviewers alone. */
  held: z.boolean().default(false),
  url: z.string(),
});
export type Artifact = z.infer<typeof Artifact>;

export const ArtifactList = z.object({
  test_id: TestId,
  /** golden once it is published, raw before; null while there is nothing yet. */
  store: z.enum(['golden', 'raw']).nullable(),
  bundle_digest: Sha256.nullable(),
  artifacts: z.array(Artifact),
});
export type ArtifactList = z.infer<typeof ArtifactList>;
