import type { Pooling } from './model-folder.ts';

/** One vector of a text from those of its tokens: padding, which stands behind them, has no part in it. */
export function pool(
  values: Float32Array,
  { at, tokens, dimension }: { readonly at: number; readonly tokens: number; readonly dimension: number },
  pooling: Pooling,
): Float32Array {
  if (pooling === 'cls') return values.slice(at, at + dimension);
  const sum = new Float64Array(dimension);
  for (let token = 0; token < tokens; token++)
    for (let n = 0; n < dimension; n++) sum[n] = (sum[n] ?? 0) + (values[at + token * dimension + n] ?? 0);
  return Float32Array.from(sum, (value) => value / tokens);
}
