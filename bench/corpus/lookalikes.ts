import type { Chance } from './chance.ts';

/** What only looks like something: code, logs and numbers that machines and clerks write. */
export const LOOKALIKES: readonly ((chance: Chance) => string)[] = [
  (c) =>
    `commit ${c.hex(40)}\nAuthor date: 2024-0${c.below(9) + 1}-1${c.below(9)}T10:22:0${c.below(9)}+02:00`,
  (c) => `chrome/1${c.digits(2)}.0.${c.digits(4)}.${c.digits(2)} safari/537.36`,
  (c) => `version ${c.below(9)}.${c.below(20)}.${c.below(9)}.${c.below(9) + 1}0`,
  (c) => `"integrity": "sha512-${c.letters(60)}=="`,
  (c) => `uuid ${c.hex(8)}-${c.hex(4)}-4${c.hex(3)}-a${c.hex(3)}-${c.hex(12)}`,
  (c) => `CVE-202${c.below(6)}-${c.digits(5)} affects openssl >=1.1.${c.below(9)} <3.0.${c.below(9)}`,
  (c) => `ISBN 978-3-16-${c.digits(6)}-${c.digits(1)}`,
  (c) => `listening on 0.0.0.0:${3000 + c.below(6000)} and 127.0.0.1, mask 255.255.255.0`,
  (c) =>
    `[2024-05-${10 + c.below(19)} 10:${10 + c.below(49)}:12,${c.digits(3)}] INFO worker-${c.below(9)} took ${c.digits(3)} ms, ${c.digits(7)} bytes`,
  (c) => `order ${c.digits(10)} shipped, tracking 1Z${c.digits(3)}E${c.digits(10)}`,
  (c) => `invoice no. ${c.digits(8)} over 1.${c.digits(3)},50 EUR, due 31.12.2026`,
  (c) => `at Object.<anonymous> (/srv/app/node_modules/x/index.js:${c.digits(3)}:${c.digits(2)})`,
  (c) => `for (let i = 0; i < ${c.digits(4)}; i += 1) total += values[i] * 0x${c.hex(8)};`,
  (c) => `ts=${1_700_000_000_000 + c.below(99_999_999)} span=${c.hex(16)} trace=${c.hex(32)}`,
  (c) => `range ${c.digits(4)}-${c.digits(4)}, lines ${c.digits(2)}-${c.digits(3)}, page ${c.below(400)}`,
  (c) => `npm i react@18.${c.below(9)}.0 @scope/pkg@^${c.below(9)}.1.0`,
  (c) => `fingerprint ${Array.from({ length: 20 }, () => c.hex(2)).join(':')}`,
  (c) => `std::chrono::seconds(${c.below(99)}); using a::b::c;`,
  (c) => `0${c.hex(7)} ${c.hex(8)} ${c.hex(8)} ${c.hex(8)}  |....|`,
  (c) => `52.${c.digits(4)}, 13.${c.digits(4)} and 48.${c.digits(6)}`,
  (c) =>
    `The Java Virtual Machine starts ${c.below(60)} threads; see Chapter ${c.below(20)} of the Reference Manual.`,
  () => 'Mark the task as done, then Grant Access and let Jenkins build the Release Candidate.',
  () => 'Der Bericht wurde am Montag verschickt. Die Abteilung Einkauf prüft das Angebot im Januar 2024.',
  () => 'Le Conseil d’État a rendu sa décision. La Commission européenne publie le rapport en mars 2024.',
  () => 'El Ministerio de Hacienda publica el Boletín Oficial del Estado cada lunes.',
  () => 'يجب إعادة تشغيل الخادم بعد التحديث، ثم التحقق من السجل',
  () => 'class UserService extends BaseService implements OnInit { private readonly Logger = new Logger(); }',
  () => 'import { Component, Input } from "@angular/core"; // See Angular Style Guide',
  () => 'April Fools Release: Ruby On Rails and Python Django compared by Docker Captain Program',
  () => 'Cross Site Scripting in Apache Struts allows Remote Code Execution via Path Traversal',
  () => `password: $\{DB_PASSWORD}\napi_key: <your-api-key>\ntoken = os.environ["TOKEN"]`,
  () => 'const password = await readPassword(); if (!user.passwordHash) throw new PasswordError();',
  () => 'The secret is to keep functions small; the password is required and must be changed.',
  () => 'SELECT count(*) FROM events WHERE created_at > 20240101000000 AND id = 4539148803436468;',
  (c) => `sku 4${c.digits(11)} ean 40${c.digits(11)} qty ${c.below(90)}`,
  (c) => `serial SN${c.digits(8)}X, part ${c.letters(2)}-${c.digits(5)}, lot ${c.letters(1)}${c.digits(6)}`,
  (c) => `https://tickets.fastpost.de/browse/OPS-${c.digits(4)}?focusedId=${c.digits(6)}#c${c.digits(5)}`,
  (c) => `matrix 1 0 0 1 ${c.digits(3)} ${c.digits(3)}; viewBox 0 0 ${c.digits(4)} ${c.digits(4)}`,
  (c) =>
    `temperature 21.${c.digits(2)}, humidity 4${c.digits(1)}.${c.digits(2)}, pressure 1013.${c.digits(2)}, n=${c.digits(5)}`,
  (c) =>
    `released ${2000 + c.below(25)}-0${c.below(9) + 1}-1${c.below(9)}, updated 12.0${c.below(9) + 1}.2024, copyright 2003-2024`,
];
