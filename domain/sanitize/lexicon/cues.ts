/** Words that say what stands beside them, by what they speak of; in small letters, parted by blanks. */
export const CUES = {
  /** Whoever is called so has a name behind it. */
  title: `mr mrs ms mx miss dr prof professor sir dame rev capt sgt lt herr herrn frau fräulein dipl mag monsieur madame mademoiselle mme mlle m me maître señor señora señorita sr sra srta
    don doña lic ing doctor doctora docteur docteure د السيد السيدة الدكتور الدكتورة الأستاذ الأستاذة المهندس المهندسة الآنسة سيد سيدة الشيخ`,
  /** What only people do. */
  doing: `said says called wrote told asked replied signed works worked joined thinks sagte schrieb rief meinte antwortete dit écrit répondu travaille dijo escribió llamó firmó trabaja`,
  greeting: `dear hi hello hey hallo liebe lieber geehrte geehrter moin servus bonjour bonsoir salut cher chère chers hola estimado estimada querido querida buenos buenas
    عزيزي عزيزتي مرحبا مرحباً أهلا أهلاً`,
  signOff: `regards sincerely yours cheers thanks best wishes grüße grüßen gruß cordialement bien salutations amicalement sincèrement atentamente saludos saludo cordialmente abrazo تحياتي والسلام`,
  /** Fields and roles whose value is a person. */
  role: `name names patient patientin patiente paciente author authors autor autora auteur reporter assignee reviewer approver owner manager contact kontakt ansprechpartner ansprechpartnerin
    contacto responsable signed reported reviewed approved assigned created written submitted requested prepared tested acked suggested authored committer customer kunde kundin client cliente employee
    mitarbeiter mitarbeiterin employé employée empleado empleada vorname nachname familienname geburtsname nom prénom prenom nombre apellido apellidos surname firstname lastname fullname
    applicant antragsteller antragstellerin demandeur solicitante insured versicherte versicherter versicherungsnehmer assuré assurée asegurado tenant mieter mieterin locataire inquilino landlord vermieter
    vermieterin bailleur arrendador buyer käufer acheteur comprador seller verkäufer vendeur vendedor student schüler schülerin élève alumno alumna teacher lehrer lehrerin professeur
    doctor arzt ärztin médecin médico médica physician nurse lawyer attorney anwalt anwältin rechtsanwalt rechtsanwältin avocat avocate abogado abogada witness zeuge zeugin
    testigo témoin plaintiff defendant kläger klägerin beklagter beklagte holder cardholder karteninhaber kontoinhaber titulaire titular recipient empfänger destinataire destinatario sender absender
    expéditeur remitente from to cc bcc attn von an de für betreff à para spouse ehefrau ehemann wife husband mother father mutter vater sohn tochter son daughter brother sister
    mère père madre padre hijo hija fils fille épouse époux esposa esposo bruder schwester member mitglied membre miembro user benutzer utilisateur usuario attendees teilnehmer participants
    asistentes director geschäftsführer geschäftsführerin gérant gérante ceo cto cfo colleague kollege kollegin collègue colega
    heiße heisse heißt appelle appelles llamo llama llamada llamado called named bin suis soy اسمي أنا الاسم اسم المريض المريضة المؤلف المدير العميل الموظف الطبيب الطالب من إلى المسؤول`,
  /** Where somebody is at home, or was born. */
  home: `lives lived living wohne lebe vivo resido أسكن اسكن أقيم resides residing resident based born located moved grew wohnhaft wohnt wohnte lebt lebte geboren aufgewachsen ansässig habite habitait demeurant domicilié domiciliée
    réside né née vit vive vivía reside residente domiciliado domiciliada nacido nacida natural يسكن تسكن يقيم تقيم مقيم مقيمة ولد ولدت يعيش تعيش
    city town ort wohnort stadt geburtsort ville ciudad localidad birthplace hometown country land pays país المدينة مدينة`,
  street: `street st avenue ave road rd boulevard blvd lane ln drive dr court ct place pl square sq terrace crescent parkway pkwy highway hwy way close row mews gardens grove circle cir trail trl
    rue allée allee chemin impasse quai route cours ruelle calle c avenida avda av plaza paseo camino carretera ronda travesía carrer via viale piazza corso box postfach apartado bp po
    شارع طريق حي زقاق`,
  company: `gmbh gmb mb sp ap ag kg ohg ug se inc incorporated llc ltd limited corp corporation plc llp sarl sas sa sasu eurl sci sl slu srl spa bv nv ab oy oyj as aps kk pty pvt co company ev eg s b n e l شركة مؤسسة`,
  birth: `birth birthdate birthday born dob geburtsdatum geburtstag geboren geb naissance né née nacimiento nacido nacida nac nació cumpleaños d bd الميلاد ميلاد مواليد المولود المولودة`,
  password: `password passwd passphrase passcode pwd pw passwort passworte kennwort zugangsdaten mdp passe contraseña contrasena clave secret token pin credentials login المرور السر السرية`,
  at: 'at ät arobase arroba',
} as const;

/** Small words inside of names; an article only behind one of them: `hat Anna Weiß den Vertrag` goes on otherwise. */
export const PARTICLES =
  "(?:van|von|de)(?: (?:der|den|dem|la|las|los|le|het|'t))?|vom|zum|zur|zu|del|della|di|da|do|dos|das|du|des|bin|ibn|bint|ben|al|el|abu|ter|ten|af|av";
