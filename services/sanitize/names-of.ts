import type { Settings } from '../config/settings.ts';
import { type NamesInTexts, openNamesInTexts } from './names-in-texts.ts';
import { openNerClient } from './ner-client.ts';

type Needed = Pick<
  Settings,
  'CERTUS_NER_URL' | 'CERTUS_NER_KINDS' | 'CERTUS_NER_LANGUAGES' | 'CERTUS_NER_MODEL'
>;

/** The model that a worker asks, where there is one. Nobody waits for its answer: it may take its time. */
export function namesOf(settings: Needed, kinds = settings.CERTUS_NER_KINDS): NamesInTexts | undefined {
  const { CERTUS_NER_URL: url, CERTUS_NER_MODEL: model, CERTUS_NER_LANGUAGES: languages } = settings;
  if (url === undefined) return undefined;
  return openNamesInTexts({ ner: openNerClient({ url, kinds, model, seconds: SECONDS }), languages });
}

/** For some pages of text. */
const SECONDS = 120;
