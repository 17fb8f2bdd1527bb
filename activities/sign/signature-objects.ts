/** Where the bundle of an item lies below the prefix of its request, and beside it the bytes that it is about. */
export const bundleKey = (prefix: string, item: number): string => `${prefix}${item}.sigstore.json`;
export const contentKey = (prefix: string, item: number): string => `${prefix}${item}.content`;
