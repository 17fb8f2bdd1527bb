import { byPattern, type Recogniser } from '../recogniser.ts';

/** As the reader of pictures writes where one was taken. */
export const LOCATION_GPS: Recogniser = byPattern({
  type: 'LOCATION_GPS',
  where: 'text',
  needs: 'GPS',
  pattern: /\bGPS[ \t:]{0,3}(?<value>-?\d{1,3}\.\d{1,20}, ?-?\d{1,3}\.\d{1,20})/g,
  likelihood: ({ value }) => {
    const [latitude = 99, longitude = 999] = value.split(',').map(Number);
    return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? 0.9 : 0;
  },
  nobodys: ({ value }) => value.split(',').every((part) => Number(part) === 0),
});
