import { zipOf } from '../../unit/archive/archives.ts';
import { bitcoinAddress, inFours, madeUp, withIbanDigits, withLuhn } from '../../unit/privacy/made-up.ts';
import { paragraph, pdf, properties, word } from '../../unit/text/documents.ts';

const made = madeUp(77);

const password = made.hex(12);

/** Made up, each of its kind, and how people and machines write it down: short enough for the lines of a small page. */
export const PLANTED: readonly { readonly kind: string; readonly value: string; readonly said: string }[] = [
  ['EMAIL_ADDRESS', 'k.obermeyer@bauwerk-sued.de', 'Write to $ today.'],
  ['PERSON', 'Katharina Obermeyer', 'It was signed by Mrs $.'],
  ['PHONE_NUMBER', `+49 151 ${made.digits(8)}`, 'Her phone number is $.'],
  ['CREDIT_CARD', inFours(withLuhn(`4539${made.digits(11)}`)), 'Paid by credit card $.'],
  ['IBAN_CODE', inFours(withIbanDigits('DE', `370400440${made.digits(9)}`)), 'Her IBAN is $.'],
  ['US_SSN', `536-22-${1000 + made.below(8000)}`, 'Social security number: $'],
  ['IP_ADDRESS', `10.${made.below(200)}.${made.below(200)}.37`, 'A login from IP address $ failed.'],
  ['MAC_ADDRESS', (made.hex(12).match(/../g) ?? []).join(':'), 'Its MAC address is $.'],
  ['CRYPTO', bitcoinAddress(made.hex(40)), 'Wallet $'],
  ['SECRET', ['ghp', `${made.hex(18)}ABCdef${made.hex(12)}`].join('_'), '$'],
  ['URL_CREDENTIALS', password, `It is at https://admin:$@db.lager.de/x`],
].map(([kind = '', value = '', said = '']) => ({ kind, value, said: said.replace('$', () => value) }));

/** What nobody may see of it, however it is spaced: the part that makes it this one. */
export const telling = (value: string): string[] => [value, value.replaceAll(' ', '')];

const sentences = PLANTED.map(({ said }) => said);
const results = sentences.map((text, at) => ({
  ruleId: 'leaks',
  message: { text },
  locations: [
    { physicalLocation: { artifactLocation: { uri: `src/app-${at}.ts` }, region: { startLine: at + 1 } } },
  ],
}));

/** Documents of several formats; each holds all of it. */
export const DOCUMENTS: Readonly<Record<string, Buffer>> = {
  'notes.txt': Buffer.from(`Notes\n\n${sentences.join('\n\n')}\n`),
  'page.md': Buffer.from(`# Page\n\n${sentences.map((said) => `- ${said}`).join('\n')}\n`),
  'table.csv': Buffer.from(`number,remark\n${sentences.map((said, at) => `${at},"${said}"`).join('\n')}\n`),
  'letter.docx': word(sentences.map((said) => paragraph(said)).join(''), {
    'docProps/core.xml': properties('Katharina Obermeyer'),
  }),
  'letter.pdf': pdf(sentences),
  'page.html': Buffer.from(`<html><body>${sentences.map((said) => `<p>${said}</p>`).join('')}</body></html>`),
  'record.json': Buffer.from(JSON.stringify({ remarks: sentences })),
  'mail.eml': Buffer.from(
    `From: Katharina Obermeyer <k.obermeyer@bauwerk-sued.de>\r\nTo: someone@example.org\r\nSubject: Call Mrs Katharina Obermeyer\r\nDate: Mon, 1 Jun 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n${sentences.join('\r\n\r\n')}\r\n`,
  ),
  'scan.sarif': Buffer.from(
    JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: 'lint' } }, results }] }),
  ),
  'archive.zip': zipOf([
    { name: 'people/Katharina Obermeyer.txt', body: sentences.join('\n\n') },
    { name: 'katharina_obermeyer.md', body: '# Plain' },
    { name: 'of Katharina Obermeyer.pdf', body: '%PDF-1.4\nnothing' },
  ]),
  // names are told as well
  'people/Katharina Obermeyer.txt': Buffer.from('A plain text.'),
  'people/katharina_obermeyer/k.obermeyer@bauwerk-sued.de.md': Buffer.from('# Plain\n\ntext'),
  'broken-of-Katharina_Obermeyer.pdf': Buffer.from('%PDF-1.4\nnothing'),
};
