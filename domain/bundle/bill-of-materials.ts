import { z } from 'zod';
import type { RuleComponent } from '../policy/rule-facts.ts';

const License = z.object({
  license: z.object({ id: z.string().optional(), name: z.string().optional() }).optional(),
  expression: z.string().optional(),
});
const Bom = z.object({
  components: z
    .array(
      z.object({
        name: z.string(),
        version: z.string().default(''),
        purl: z.string().default(''),
        licenses: z.array(License).default([]),
      }),
    )
    .default([]),
});

/** What the CycloneDX document of the scan lists, as far as a rule or a person asks. */
export function readBillOfMaterials(text: string): RuleComponent[] {
  return Bom.parse(JSON.parse(text)).components.map(({ name, version, purl, licenses }) => ({
    name,
    version,
    purl,
    licenses: licenses.flatMap(({ license, expression }) => expression ?? license?.id ?? license?.name ?? []),
  }));
}
