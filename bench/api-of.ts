import { setTimeout as pause } from 'node:timers/promises';
import { type ApiClient, createApiClient } from '../cli/api-client.ts';
import { findConnection } from '../cli/connection.ts';
import { ScanStatus } from '../contracts/scan.ts';

/** The API of an embedded set, as `certus` finds it. */
export const apiOf = (home: string): ApiClient => createApiClient(findConnection({}, home));

/** Asks until the scan is as it should be; one that failed never will be. */
export async function untilScan(
  api: ApiClient,
  testId: string,
  done: (scan: ScanStatus) => boolean,
  everyMs = 50,
): Promise<ScanStatus> {
  for (;;) {
    const scan = await api.get(`/v1/security-scans/${testId}`, ScanStatus);
    if (done(scan)) return scan;
    if (scan.completed_at !== null)
      throw new Error(`the scan ended ${scan.status}: ${JSON.stringify(scan.errors)}`);
    await pause(everyMs);
  }
}
