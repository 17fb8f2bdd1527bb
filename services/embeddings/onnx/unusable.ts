/** A model or a runtime that cannot be worked with, in words for the person who chose it. */
export class Unusable extends Error {
  override readonly name = 'Unusable';
  readonly setting: ChosenBy;
  constructor(message: string, setting: ChosenBy = 'CERTUS_EMBEDDINGS_MODEL') {
    super(message);
    this.setting = setting;
  }
}

export type ChosenBy = 'CERTUS_EMBEDDINGS_MODEL' | 'CERTUS_EMBEDDINGS_RUNTIME';

/** What others' code says of a file may be long, and hold whatever the file holds. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, 300);
}
