/** Names as they are put into the sentences; `held` are those that nothing was tuned with, some of which no list has. */
export const PEOPLE = {
  tuned: {
    en: ['Sarah Thompson', 'Michael O’Brien', 'Emily Clarke', 'James T. Walker', 'Olivia Bennett', 'Daniel Hughes', 'Rebecca Stone', 'Priya Patel', 'Thomas Whitfield', 'Laura Kingsley'],
    de: ['Anna Schneider', 'Jürgen Hoffmann', 'Sabine Krüger', 'Hans-Peter Vogt', 'Katharina von Bergen', 'Markus Lindemann', 'Ursula Weiß', 'Tobias Brandner', 'Heike Zimmermann', 'Matthias Oberhuber'],
    fr: ['Jean-Luc Moreau', 'Camille Lefèvre', 'Hélène Dubois', 'François de la Tour', 'Aurélie Garnier', 'Mathieu Rousselot', 'Thérèse Lambert', 'Julien Perrault', 'Sandrine Charpentier', 'Benoît Delacroix'],
    es: ['María García López', 'José Luis Fernández', 'Carmen Ruiz', 'Álvaro Jiménez Soto', 'Lucía Navarro', 'Pablo Echeverría', 'Inés Castellanos', 'Francisco Javier Ortega', 'Nuria Valdivia', 'Sergio de la Fuente'],
    ar: ['محمد أحمد العلي', 'فاطمة الزهراني', 'خالد بن سعيد الحربي', 'سارة محمود', 'يوسف إبراهيم المصري', 'نورة القحطاني', 'عمر حسن الشريف', 'ليلى منصور'],
  },
  held: {
    en: ['Jonathan Ashworth', 'Gemma Pickering', 'William R. Stanton', 'Charlotte Everett', 'Kevin McAllister', 'Siobhan Gallagher', 'Marcus Oyelaran', 'Deborah Finch', 'Rajesh Iyer', 'Lauren Castellano'],
    de: ['Friedrich Achterberg', 'Monika Salzmann', 'Karl-Heinz Pfeffer', 'Annegret Tiedemann', 'Björn Ehlers', 'Claudia zu Hohenfels', 'Stefan Rautenberg', 'Mehmet Aydin', 'Renate Siebert', 'Lukas Gruber'],
    fr: ['Étienne Marchetti', 'Manon Vasseur', 'Thierry Kowalczyk', 'Solène Le Goff', 'Philippe Aubertin', 'Nadia Benkirane', 'Guillaume d’Estaing', 'Pascale Verdier', 'Romain Boulay', 'Odile Fontanelle'],
    es: ['Rosario Quintanilla', 'Andrés Villalobos', 'Begoña Arrieta', 'Guillermo Peñalver', 'Teresa Mora Salinas', 'Iker Zubizarreta', 'Montserrat Puig', 'Héctor Olmedo', 'Soledad Paredes', 'Ramón Escudero'],
    ar: ['عبد الله الدوسري', 'مريم حداد', 'طارق زيدان', 'هند الخطيب', 'ياسر عبد الرحمن', 'أمينة بنت راشد', 'سامي النجار', 'رانيا الكيلاني'],
  },
} as const;

export type Part = keyof typeof PEOPLE;
export type Language = keyof (typeof PEOPLE)['tuned'];
export const LANGUAGES = Object.keys(PEOPLE.tuned) as Language[];
