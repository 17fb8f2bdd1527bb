import { z } from 'zod';

/** How a server is asked for vectors, and what it answers. */
export type Protocol = {
  readonly path: string;
  readonly request: (model: string, texts: readonly string[]) => object;
  /** The vectors in the order of the texts. */
  readonly read: (answer: unknown) => readonly (readonly number[])[];
};

const Vector = z.array(z.number());

const OllamaAnswer = z.object({ embeddings: z.array(Vector) });

/** A text that is too long for the model is cut by the server. */
export const OLLAMA: Protocol = {
  path: '/api/embed',
  request: (model, input) => ({ model, input, truncate: true }),
  read: (answer) => OllamaAnswer.parse(answer).embeddings,
};

const OpenAiAnswer = z.object({
  data: z.array(z.object({ index: z.number().int().min(0), embedding: Vector })),
});

/** As OpenAI has it, and many others after it. They may answer in any order, and say which is which. */
export const OPENAI: Protocol = {
  path: '/embeddings',
  request: (model, input) => ({ model, input, encoding_format: 'float' }),
  read: (answer) => {
    const { data } = OpenAiAnswer.parse(answer);
    const vectors: (readonly number[])[] = [];
    for (const { index, embedding } of data) if (index < data.length) vectors[index] = embedding;
    return Array.from({ length: data.length }, (_, n) => vectors[n] ?? []);
  },
};
