/** The name under which a warning is told once: Trust puts it on record, and whoever subscribed is told of that record. */
export const expiryOnce = (keyId: string, days: number): string => `key_expiring/${keyId}/${days}`;
