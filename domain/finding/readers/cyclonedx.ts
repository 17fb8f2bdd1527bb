import { isObject } from '../reading/json-values.ts';
import { type NativeReader, unlike } from './native-reader.ts';

/** A list of components holds no findings; that it is one is all there is to see to. */
export const readCyclonedx: NativeReader = (report) => {
  if (!isObject(report) || report.bomFormat !== 'CycloneDX') throw unlike('CycloneDX');
  return { drafts: [], toolVersion: null };
};
