import { STREET_ADDRESS } from './kinds/address.ts';
import { CREDIT_CARD, IBAN_CODE } from './kinds/bank.ts';
import { DATE_IN_COLUMN, DATE_OF_BIRTH } from './kinds/birth.ts';
import { BITCOIN, BITCOIN_SEGWIT, ETHEREUM } from './kinds/crypto.ts';
import { DISGUISED_EMAIL, EMAIL } from './kinds/email.ts';
import { IDENTIFIERS } from './kinds/identifiers.ts';
import { IP_V4, IP_V6, MAC, URL_CREDENTIALS } from './kinds/network.ts';
import { ORGANIZATION } from './kinds/organization.ts';
import { US_SSN } from './kinds/papers.ts';
import { PERSON } from './kinds/person.ts';
import { INTERNATIONAL, NATIONAL } from './kinds/phone.ts';
import { LOCATION, LOCATION_GPS } from './kinds/place.ts';
import { SECRET } from './kinds/secret.ts';
import type { Recogniser } from './recogniser.ts';

/** Counted up whenever they find something else than before. */
export const RECOGNISERS_VERSION = 'certus-detector/3';

/** What is told about a person. */
export const OF_PERSONS: readonly Recogniser[] = [
  EMAIL,
  DISGUISED_EMAIL,
  URL_CREDENTIALS,
  CREDIT_CARD,
  IBAN_CODE,
  INTERNATIONAL,
  NATIONAL,
  IP_V4,
  IP_V6,
  MAC,
  US_SSN,
  ...IDENTIFIERS,
  DATE_OF_BIRTH,
  DATE_IN_COLUMN,
  PERSON,
  STREET_ADDRESS,
  LOCATION,
  LOCATION_GPS,
  ORGANIZATION,
  BITCOIN,
  BITCOIN_SEGWIT,
  ETHEREUM,
];

export const RECOGNISERS: readonly Recogniser[] = [...OF_PERSONS, SECRET];
