import { z } from 'zod';
import { WorkspaceId } from './identifiers.ts';
import { EntityType } from './privacy.ts';

/**
 * What is put in the place of what was found, from the mildest to the strictest; of kinds that overlap the strictest
 * counts. `pseudonymise` and `hash` take a key.
 */
export const SanitizeOperator = z.enum(['keep', 'pseudonymise', 'hash', 'mask', 'mask_characters', 'redact']);
export type SanitizeOperator = z.infer<typeof SanitizeOperator>;

/** Formats that are still ones of their own kind afterwards. */
export const SanitizeFormat = z.enum(['text', 'markdown', 'csv', 'json', 'yaml', 'xml', 'html']);
export type SanitizeFormat = z.infer<typeof SanitizeFormat>;

/** All texts of one request together, in UTF-16 units: they are looked into while somebody waits. */
export const MAX_SANITIZE_LENGTH = 1024 * 1024;
const MAX_TEXTS = 1000;

const Text = z.string();

export const SanitizeRequest = z
  .strictObject({
    workspace_id: WorkspaceId.default('default'),
    text: Text.optional(),
    texts: z.array(Text).min(1).max(MAX_TEXTS).optional(),
    /** For every kind without one of its own. */
    operator: SanitizeOperator.default('mask'),
    operators: z.record(EntityType, SanitizeOperator).default({}),
    /** Only says what there is, and where. */
    detect_only: z.boolean().default(false),
    format: SanitizeFormat.default('text'),
    /** For a model that is asked besides, where one is configured. */
    language: z
      .string()
      .regex(/^[a-z]{2}$/, 'a language is two small letters')
      .default('en'),
  })
  .refine(({ text, texts }) => (text === undefined) !== (texts === undefined), 'give a text or texts');
export type SanitizeRequest = z.infer<typeof SanitizeRequest>;

/** Offsets in Unicode code points of the text that was given. */
export const SanitizeFinding = z.object({
  /** Which of the texts, from 0. */
  index: z.number().int().nonnegative(),
  type: EntityType,
  start: z.number().int().nonnegative(),
  end: z.number().int().nonnegative(),
  score: z.number().min(0).max(1),
});
export type SanitizeFinding = z.infer<typeof SanitizeFinding>;

export const SanitizeAnswer = z.object({
  /** Where one text was given, and not only asked about. */
  text: z.string().optional(),
  texts: z.array(z.string()).optional(),
  findings: z.array(SanitizeFinding),
  counts: z.record(z.string(), z.number().int().positive()),
  /** Name and version of what looked, and a digest of what the policy adds. */
  rules: z.string(),
  /** The model that was asked besides. */
  model: z.string().nullable(),
});
export type SanitizeAnswer = z.infer<typeof SanitizeAnswer>;

/** A line that `certus sanitize --jsonl` reads. */
export const SanitizeLine = z.object({
  id: z.union([z.string().max(1000), z.number(), z.null()]),
  text: z.string(),
});
