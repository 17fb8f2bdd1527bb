import type { Language, Part } from './people.ts';

/** `%` is the number, `#` what it is called. */
export const SENTENCES: Readonly<Record<Part, Readonly<Record<Language, readonly string[]>>>> = {
  tuned: {
    en: ['#: %', 'My # is %, please update the file.', '| # | % |', '"#": "%",', 'Please confirm your # (%) before Friday.', '- # = %', 'The # on the form reads %.', '#\t%'],
    de: ['#: %', 'Meine # lautet %, bitte tragen Sie sie ein.', '# % liegt dem Antrag bei.', 'Bitte geben Sie die # (%) an.', '#:\n%', '<# wert="%"/>'],
    fr: ['# : %', 'Mon # est le %, merci de corriger.', 'Veuillez trouver mon # (%) ci-joint.', '# n° %', '#;%'],
    es: ['#: %', 'Mi # es %, gracias.', 'Con # % y domicilio en esta ciudad.', 'Indique su # (%) en el formulario.', '#=%'],
    ar: ['#: %', '# هو %', 'يرجى التأكد من # (%) قبل الإرسال'],
  },
  held: {
    en: ['Customer provided # % over the counter.', '# .......... %', '{"#":"%","ok":true}', 'Re: your # % has been recorded', 'for # %, see the attached scan', '#/%'],
    de: ['Unter der # % ist die Akte zu finden.', 'Angabe der # – % – genügt.', '#  %', 'Wir haben Ihre # "%" geprüft.'],
    fr: ['Le # % figure au dossier.', '#= %', 'Votre # est : %.', 'au titre du # %'],
    es: ['Titular con # %.', 'El # facilitado es %.', '# - %', 'Según consta, # : %'],
    ar: ['# %', 'رقم الملف مع # : %', 'وقد سجل # بقيمة %'],
  },
};

/** `@` is the name of somebody. */
export const NAMED: Readonly<Record<Part, Readonly<Record<Language, readonly string[]>>>> = {
  tuned: {
    en: [
      'Yesterday @ reviewed the contract and asked for two changes.', 'Reported-by: @', 'Please contact @ if anything is missing.', 'Assignee: @', 'Kind regards,\n@\nHead of Operations',
      'The invoice was approved by @ on Tuesday.', '"customer_name": "@",', 'Patient: @', 'Dear @,\n\nthank you for your letter.', 'Attendees: @ (chair)', 'As @ pointed out, the build is broken.', 'I spoke with @ about the lease.',
    ],
    de: [
      'Gestern hat @ den Vertrag geprüft.', 'Ansprechpartner: @', 'Sehr geehrter Herr @,\n\nvielen Dank für Ihr Schreiben.', 'Mit freundlichen Grüßen\n@', 'Die Rechnung wurde von @ freigegeben.', 'Patientin: @', 'Mieter: @', 'Frau @ bittet um Rückruf.',
      'Laut @ ist der Termin verschoben.', 'Bearbeiter: @, Abteilung 4',
    ],
    fr: [
      'Hier, @ a relu le contrat.', 'Madame @ est attendue à 9 h.', 'Cordialement,\n@', 'Le dossier est suivi par @.', 'Nom et prénom : @', 'Cher @,\n\nmerci pour votre message.', 'Médecin : Dr @', 'Selon @, le devis est trop élevé.', 'Locataire : @',
    ],
    es: [
      'Ayer @ revisó el contrato.', 'Sr. @: su pedido está listo.', 'Atentamente,\n@', 'Paciente: @', 'El informe fue firmado por @.', 'Estimada @,\n\ngracias por su carta.', 'Contacto: @', 'Según @, el plazo termina el lunes.', 'Nombre completo: @',
    ],
    ar: ['التقى السيد @ بالفريق أمس', 'الاسم: @', 'تم توقيع العقد من قبل @', 'المريض: @', 'مع تحياتي\n@', 'الدكتور @ في إجازة'],
  },
  held: {
    en: [
      'We met @ at the counter and she filled in the form.', 'Signed-off-by: @ ', 'cc @ for the record', 'Tenant name: @', '@ called twice this morning.', 'Sincerely,\n\n@', 'Interview with @, 3 May', 'Mr @ will not attend.', 'Author: @', 'Best,\n@',
    ],
    de: ['@ hat angerufen und bittet um einen Termin.', 'Vermieter: @', 'Herr Dr. @ ist bis Montag im Urlaub.', 'gez. @', 'Viele Grüße\n@', 'Zeuge: @', 'Der Antrag von @ liegt vor.', 'Kundin: @'],
    fr: ['@ a téléphoné ce matin.', 'Monsieur @ sera absent.', 'Signé : @', 'Bien cordialement,\n@', 'Le locataire, @, demande un délai.', 'Contact : @', 'Rapport rédigé par @'],
    es: ['@ llamó dos veces esta mañana.', 'Don @ no asistirá.', 'Un saludo,\n@', 'Inquilino: @', 'Responsable: @', 'Lo confirmó @ por teléfono.', 'Firmado: @'],
    ar: ['اتصل @ هذا الصباح', 'السيدة @ لن تحضر', 'العميل: @', 'وقع @ على العقد'],
  },
};
