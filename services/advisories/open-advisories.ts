import { isAbsolute } from 'node:path';
import { offlineAdvisories } from './offline.ts';
import { onlineAdvisories } from './online.ts';
import type { AdvisorySource } from './source.ts';

/** A folder of the offline database, or the address of an OSV service. */
export const openAdvisories = (place: string): AdvisorySource =>
  isAbsolute(place) ? offlineAdvisories(place) : onlineAdvisories(place);
