/** An address as it may be shown: the path of a webhook is often the whole secret, and a mailbox is a person's. */
export function shownAddress(kind: 'webhook' | 'slack' | 'email', address: string): string {
  if (kind === 'email') return `…@${address.split('@').at(-1) ?? ''}`;
  return URL.canParse(address) ? `${new URL(address).origin}/…` : '…';
}
