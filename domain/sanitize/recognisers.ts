import { CREDIT_CARD, IBAN_CODE } from './kinds/bank.ts';
import { DATE_IN_COLUMN, DATE_OF_BIRTH } from './kinds/birth.ts';
import { BITCOIN, BITCOIN_SEGWIT, ETHEREUM } from './kinds/crypto.ts';
import { EMAIL } from './kinds/email.ts';
import { IP_V4, IP_V6, MAC, URL_CREDENTIALS } from './kinds/network.ts';
import { DE_ID_CARD, US_PASSPORT, US_SSN } from './kinds/papers.ts';
import { ADDRESSED_PERSON, LABELLED_PERSON, NAMED_PERSON } from './kinds/person.ts';
import { INTERNATIONAL, NATIONAL } from './kinds/phone.ts';
import { LOCATION_GPS } from './kinds/place.ts';
import { SECRET } from './kinds/secret.ts';
import type { Recogniser } from './recogniser.ts';

/** Counted up whenever they find something else than before. */
export const RECOGNISERS_VERSION = 'certus-detector/1';

/** What is told about a person. */
export const OF_PERSONS: readonly Recogniser[] = [
  EMAIL,
  URL_CREDENTIALS,
  CREDIT_CARD,
  IBAN_CODE,
  INTERNATIONAL,
  NATIONAL,
  IP_V4,
  IP_V6,
  MAC,
  US_SSN,
  US_PASSPORT,
  DE_ID_CARD,
  DATE_OF_BIRTH,
  DATE_IN_COLUMN,
  LABELLED_PERSON,
  NAMED_PERSON,
  ADDRESSED_PERSON,
  LOCATION_GPS,
  BITCOIN,
  BITCOIN_SEGWIT,
  ETHEREUM,
];

export const RECOGNISERS: readonly Recogniser[] = [...OF_PERSONS, SECRET];
