import type { Part } from './people.ts';

/** Written by hand, as they come in; what is of a kind is marked. */
export const DOCUMENTS: Readonly<Record<Part, readonly string[]>> = {
  tuned: [
    `From: ⟦PERSON|Sarah Thompson⟧ <⟦EMAIL_ADDRESS|sarah.thompson@northgate-lettings.co.uk⟧>
To: ⟦PERSON|Daniel Hughes⟧ <⟦EMAIL_ADDRESS|d.hughes@fastpost.co.uk⟧>
Subject: Flat at ⟦STREET_ADDRESS|14 Harrow Road⟧
Date: Tue, 14 May 2024 09:12:44 +0100

Hi ⟦PERSON|Daniel⟧,

the keys for ⟦STREET_ADDRESS|14 Harrow Road⟧, ⟦LOCATION|London W2 6NA⟧ are ready. Please bring your passport (no. ⟦US_PASSPORT|518402267⟧) and call me on ⟦PHONE_NUMBER|020 7946 8812⟧ when you arrive. The deposit goes to ⟦IBAN_CODE|GB82LOYD30963440817126⟧.

Kind regards,
⟦PERSON|Sarah Thompson⟧
⟦ORGANIZATION|Northgate Lettings Ltd⟧
`,
    `MIETVERTRAG

zwischen ⟦PERSON|Ursula Weiß⟧, wohnhaft in der ⟦STREET_ADDRESS|Lindenallee 27⟧, ⟦LOCATION|50668 Köln⟧ (Vermieterin)
und Herrn ⟦PERSON|Tobias Brandner⟧, geboren am ⟦DATE_OF_BIRTH|03.11.1987⟧ in ⟦LOCATION|Kassel⟧ (Mieter).

§ 1 Die Wohnung liegt im 3. Obergeschoss. Die Miete beträgt 1.140,00 EUR und ist bis zum 3. Werktag zu zahlen.
§ 2 Bankverbindung: ⟦IBAN_CODE|DE75512108001245126199⟧, Sparkasse.
Rückfragen unter Tel. ⟦PHONE_NUMBER|0221 4718823⟧ oder ⟦EMAIL_ADDRESS|u.weiss@fastpost.de⟧.

⟦LOCATION|Köln⟧, den 01.03.2024
`,
    `Compte rendu de consultation

Patient : ⟦PERSON|Julien Perrault⟧, né le ⟦DATE_OF_BIRTH|12/04/1979⟧
Adresse : ⟦STREET_ADDRESS|8 bis rue des Lilas⟧, ⟦LOCATION|69003 Lyon⟧
N° de sécurité sociale : ⟦FR_NIR|1 79 04 69 123 045 51⟧

Je vous remercie de m'avoir adressé Monsieur ⟦PERSON|Perrault⟧ pour des douleurs lombaires. L'IRM du 3 mars 2024 ne montre pas de hernie. Prochain rendez-vous dans six semaines.

Bien confraternellement,
Dr ⟦PERSON|Hélène Dubois⟧
Tél. ⟦PHONE_NUMBER|04 72 11 43 90⟧
`,
    `INFORME CLÍNICO
Paciente: ⟦PERSON|Carmen Ruiz Ortega⟧
DNI: ⟦ES_NIF|45871236J⟧
Fecha de nacimiento: ⟦DATE_OF_BIRTH|22/09/1965⟧
Domicilio: ⟦STREET_ADDRESS|Calle Mayor, 15, 2º B⟧, ⟦LOCATION|28013 Madrid⟧
Teléfono: ⟦PHONE_NUMBER|612 408 377⟧

La paciente acude a consulta por cefalea de dos meses de evolución. Se solicita analítica. Firmado por la Dra. ⟦PERSON|Lucía Navarro⟧.
`,
    `ticket,reporter,email,phone,summary
OPS-4711,⟦PERSON|Emily Clarke⟧,⟦EMAIL_ADDRESS|emily.clarke@fastpost.de⟧,⟦PHONE_NUMBER|+44 20 7811 2291⟧,Login fails with 500
OPS-4712,⟦PERSON|Michael Turner⟧,⟦EMAIL_ADDRESS|m.turner@fastpost.de⟧,⟦PHONE_NUMBER|+1 415 867 2231⟧,Report is empty
OPS-4713,⟦PERSON|Laura Kingsley⟧,⟦EMAIL_ADDRESS|laura.k@fastpost.de⟧,⟦PHONE_NUMBER|+49 30 4471120⟧,Export takes 12 minutes
`,
    `{"customer": {"first_name": "⟦PERSON|Aurélie⟧", "last_name": "⟦PERSON|Garnier⟧", "email": "⟦EMAIL_ADDRESS|a.garnier@postler.fr⟧", "address": {"street": "⟦STREET_ADDRESS|21 avenue Victor Hugo⟧", "city": "⟦LOCATION|Bordeaux⟧"}},
 "order": {"id": "4f1c2a90", "total": 129.90, "created": "2024-04-02T11:20:00Z", "items": [{"sku": "40061381334", "qty": 2}]}}
`,
    `2024-05-01T10:00:01.113Z INFO  http-nio-8080-exec-1 c.a.AuthController - login ok user=⟦EMAIL_ADDRESS|matthias.o@fastpost.de⟧ ip=⟦IP_ADDRESS|84.112.37.201⟧ ua="Mozilla/5.0 (X11; Linux x86_64) Chrome/124.0.6367.118"
2024-05-01T10:00:02.441Z WARN  http-nio-8080-exec-3 c.a.Db - slow query 1243 ms rows=20391 sha=9fceb02d0ae598e95dc970b74767f19372d61af8
2024-05-01T10:00:03.002Z ERROR http-nio-8080-exec-4 c.a.Pay - card ⟦CREDIT_CARD|${['4539 1488', '0343 6467'].join(' ')}⟧ declined trace=4bf92f3577b34da6a3ce929d0e0e4736
`,
    `# config/production.yml
database:
  host: db.internal
  user: app
  password: ⟦SECRET|${['kV8!', 'tq2Zr#9w'].join('')}⟧
redis: redis://cache:6379/0
owner: ⟦PERSON|Markus Lindemann⟧ <⟦EMAIL_ADDRESS|markus.lindemann@fastpost.de⟧>
replicas: 3
image: registry.fastpost.de/app:2.14.1@sha256:5f2b7c0d9e8a4b6c3d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b9c
`,
    `السيد ⟦PERSON|خالد الحربي⟧ المحترم،
نشكركم على طلبكم رقم 20391. سيتم التوصيل إلى ⟦STREET_ADDRESS|شارع الملك فهد 12⟧، ⟦LOCATION|الرياض⟧.
للاستفسار اتصلوا على هاتف ⟦PHONE_NUMBER|+966 50 431 2278⟧ أو ⟦EMAIL_ADDRESS|khalid@barid.com.sa⟧
رقم الهوية: ⟦SA_NATIONAL_ID|1048512279⟧
مع تحياتي
⟦PERSON|فاطمة الزهراني⟧
`,
    `/** Parses the header. Reported by ⟦PERSON|Priya Patel⟧. */
export function parseHeader(input: Buffer): Header {
  const Version = input.readUInt16BE(0); // see RFC 8446, Section 4.1.2
  if (Version !== 0x0304) throw new ProtocolError('Unsupported Version');
  const Max = Math.max(1, 2); const Rich = new RichText(Max);
  return { version: Version, length: 4096, magic: 'CAFEBABE', id: '550e8400-e29b-41d4-a716-446655440000' };
}
`,
    `Meeting notes, 2 May
Present: ⟦PERSON|Rebecca Stone⟧ (chair), ⟦PERSON|Thomas Whitfield⟧, ⟦PERSON|Olivia Bennett⟧
- ⟦PERSON|Thomas⟧ reports that the migration to version 4.2.1 is done.
- ⟦ORGANIZATION|Siemens Energy AG⟧ asked for a new quote. ⟦PERSON|Rebecca⟧ will answer by Friday.
- Next meeting in ⟦LOCATION|Berlin⟧ on 12 June.
`,
    `Lohnabrechnung 04/2024
Personal-Nr.: 00471
Name: ⟦PERSON|Heike Zimmermann⟧
Anschrift: ⟦STREET_ADDRESS|Berliner Str. 112a⟧, ⟦LOCATION|60311 Frankfurt⟧
Steuer-ID: ⟦DE_TAX_ID|86095742719⟧
Arbeitgeber: ⟦ORGANIZATION|Nordwind Logistik GmbH⟧
Brutto 3.812,40 EUR, Netto 2.418,77 EUR
`,
  ],
  held: [
    `Dear Sir or Madam,

my name is ⟦PERSON|Gemma Pickering⟧ and I live at ⟦STREET_ADDRESS|221 Albert Street⟧, ⟦LOCATION|Manchester M4 2AB⟧. On 3 April I ordered a lamp from ⟦ORGANIZATION|Bright & Sons Ltd⟧, which never came. My number is ⟦PHONE_NUMBER|07700 913482⟧, my National Insurance number ⟦UK_NINO|AB 45 12 78 C⟧.

Yours faithfully,
⟦PERSON|Gemma Pickering⟧
`,
    `Arztbrief

Sehr geehrter Herr Kollege ⟦PERSON|Achterberg⟧,

wir berichten über unsere gemeinsame Patientin Frau ⟦PERSON|Monika Salzmann⟧, geb. ⟦DATE_OF_BIRTH|17.02.1954⟧, ⟦STREET_ADDRESS|Am Markt 4⟧, ⟦LOCATION|23552 Lübeck⟧, die sich vom 2. bis 9. Mai in unserer Behandlung befand. Diagnose: Hypertonie (I10.00). Blutdruck 165/95, Puls 78.

Versichertennummer: ⟦DE_HEALTH_INSURANCE|A123456780⟧
Mit kollegialen Grüßen
Dr. med. ⟦PERSON|Stefan Rautenberg⟧
`,
    `Bonjour,

je suis ⟦PERSON|Manon Vasseur⟧, locataire au ⟦STREET_ADDRESS|45 boulevard Voltaire⟧, ⟦LOCATION|75011 Paris⟧. Le chauffage ne marche plus depuis le 12 janvier. Vous pouvez me joindre au ⟦PHONE_NUMBER|06 61 42 87 39⟧ ou à ⟦EMAIL_ADDRESS|manon.vasseur@postler.fr⟧. Le virement du loyer part du compte ⟦IBAN_CODE|FR1730006000015173849502167⟧.

Merci d'avance,
⟦PERSON|Manon Vasseur⟧
`,
    `CONTRATO DE ARRENDAMIENTO
De una parte, D. ⟦PERSON|Andrés Villalobos⟧, con DNI ⟦ES_NIF|12904577J⟧ y domicilio en ⟦STREET_ADDRESS|Avenida de la Constitución 48⟧, ⟦LOCATION|41001 Sevilla⟧; y de otra, D.ª ⟦PERSON|Teresa Mora Salinas⟧, nacida el ⟦DATE_OF_BIRTH|5 de marzo de 1990⟧ en ⟦LOCATION|Granada⟧.
La renta es de 850 euros al mes, pagadera en los cinco primeros días. Firmado en ⟦LOCATION|Sevilla⟧, a 1 de abril de 2024.
`,
    `id;name;date_of_birth;ssn;city
1;⟦PERSON|Jonathan Ashworth⟧;⟦DATE_OF_BIRTH|1971-05-30⟧;⟦US_SSN|531-74-2280⟧;⟦LOCATION|Boston⟧
2;⟦PERSON|Deborah Finch⟧;⟦DATE_OF_BIRTH|1988-12-02⟧;⟦US_SSN|402-33-1975⟧;⟦LOCATION|Denver⟧
3;⟦PERSON|Lauren Castellano⟧;⟦DATE_OF_BIRTH|1990-01-15⟧;⟦US_SSN|219-40-6612⟧;⟦LOCATION|Chicago⟧
`,
    `commit 3f786850e387550fdab836ed7e6dc881de23001b
Author: ⟦PERSON|Björn Ehlers⟧ <⟦EMAIL_ADDRESS|bjoern.ehlers@fastpost.de⟧>
Date:   Mon May 6 14:02:11 2024 +0200

    Retry the upload when the store answers 503 (was 1.4.2)

    Reviewed-by: ⟦PERSON|Claudia zu Hohenfels⟧
    Fixes: #4821, CVE-2024-21626
`,
    `[ssl] peer certificate CN=gw-07.fastpost.de serial=03:AC:5C:26:6A:0B:40:9B:8F:0B:79:F2:AE:46:25:77
[net] eth0 hwaddr ⟦MAC_ADDRESS|3c:07:54:1b:9d:e1⟧ mtu 1500, ⟦IP_ADDRESS|10.4.0.12⟧/24 via ⟦IP_ADDRESS|10.4.0.1⟧
[auth] Accepted publickey for deploy from ⟦IP_ADDRESS|91.64.118.203⟧ port 52114 ssh2: RSA SHA256:Zk3v1yq0l8m2n4p6r8t0v2x4z6B8D0F2H4J6L8N0P2Q
[db] migrated 0042_add_index in 183 ms, 120394 rows
`,
    `{"event":"signup","at":1714982400123,"user":{"name":"⟦PERSON|Nadia Benkirane⟧","phone":"⟦PHONE_NUMBER|+212 661 482 913⟧","home":"⟦STREET_ADDRESS|12 rue Ibn Sina⟧, ⟦LOCATION|Casablanca⟧"},"session":"b7e23ec29af22b0b4e41da31e868d57226121c84","build":20240506.3}
`,
    `مرحبا ⟦PERSON|سامي⟧،
أرسل لك عنوان العميلة ⟦PERSON|مريم حداد⟧: ⟦STREET_ADDRESS|شارع الحمرا 45⟧، ⟦LOCATION|بيروت⟧. تاريخ الميلاد: ⟦DATE_OF_BIRTH|14/06/1983⟧.
رقم الجوال ⟦PHONE_NUMBER|+961 3 412 887⟧
تحياتي
⟦PERSON|طارق زيدان⟧
`,
    `The release notes of 4.18.2 mention Apache Kafka, Spring Boot and the Eclipse Foundation. Angular Universal was dropped. See Chapter Three of the Operator Manual, table 12-4, or ask in the Platform Team channel. Ports 8080-8090 stay open; 64 GiB of memory are enough for 1,250,000 documents.
`,
  ],
};
