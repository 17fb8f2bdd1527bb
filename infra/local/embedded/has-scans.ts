import { readFile } from 'node:fs/promises';
import { ScanList } from '../../../contracts/scan.ts';

/** Whether anything has ever been scanned here. */
export async function hasScans(address: string, tokenFile: string): Promise<boolean> {
  const token = (await readFile(tokenFile, 'utf8')).trim();
  const response = await fetch(`${address}/v1/security-scans?limit=1`, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(30_000),
  });
  if (!response.ok) throw new Error(`the API answers ${response.status} to a list of scans`);
  return ScanList.parse(await response.json()).scans.length > 0;
}
