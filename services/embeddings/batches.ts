const BATCH_CHARACTERS = 128 * 1024;
/** Models of today read a few thousand tokens, and what means something to a search stands in front of that. */
const TEXT_CHARACTERS = 8_000;

/** What a model is given at once: so many texts, none of them longer than it would read. */
export function* inBatches(texts: readonly string[], most: number): Generator<string[]> {
  let batch: string[] = [];
  let size = 0;
  for (const text of texts) {
    const cut = text.slice(0, TEXT_CHARACTERS).toWellFormed();
    if (batch.length === most || (batch.length > 0 && size + cut.length > BATCH_CHARACTERS)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(cut);
    size += cut.length;
  }
  if (batch.length > 0) yield batch;
}
