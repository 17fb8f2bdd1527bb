/** The commonest of English, German, French, Spanish and Arabic speakers; they count beside something that speaks for a person. */
export const FAMILY_NAMES = `
adams alexander allen anderson andrews armstrong arnold atkinson austin bailey baker ball banks barker barnes barnett barrett bates baxter
bell bennett berry bishop black boyd bradley brooks brown bryant burke burns burton butler byrne campbell carlson carpenter carr carroll carter
chambers chapman chen clark clarke cole coleman collins cook cooper cox crawford cruz cunningham curtis daniels davidson davies davis dawson day dean dixon
doyle duncan dunn edwards elliott ellis evans ferguson fisher fleming fletcher ford foster fowler fox francis fraser freeman fuller gallagher gardner garrett
george gibson gilbert gill gomez gordon graham grant gray green greene griffin griffiths hall hamilton hansen harper harris harrison hart harvey hawkins hayes
henderson henry hicks higgins hill hoffman holland holmes hopkins howard howell hudson hughes hunt hunter jackson jacobs james jenkins jensen johnson johnston
jones jordan joyce kaur kelly kennedy khan kim king knight lambert lane larson lawrence lawson lee lewis lloyd long lynch macdonald mackenzie marshall
martin mason matthews may mccarthy mcdonald mckenzie meyer miller mills mitchell moore morgan morris morrison murphy murray myers nelson newman nguyen
nichols nolan norris obrien o'brien o'connor o'neill oliver olson owen owens palmer park parker parsons patel patterson payne pearce pearson perkins perry peters peterson
phillips pierce pope porter powell powers price quinn ramsey reed reid reynolds rice richards richardson riley roberts robertson robinson rogers rose ross
rowe russell ryan sanders saunders scott shah sharma shaw shelton simmons simpson singh sinclair smith snyder spencer stanley stephens stevens stevenson stewart stone
stuart sullivan sutton taylor thomas thompson thomson thornton tucker turner wade wagner walker wallace walsh walters wang ward warren washington watkins watson watts weaver
webb weber webster welch wells west wheeler white whitehead wilkins wilkinson williams williamson willis wilson wong wood woods wright wu yang young zhang tanaka
novak silva berg svensson johansson andersson nilsson eriksson larsen hansen olsen nielsen pedersen rossi russo ferrari esposito bianchi romano colombo ricci greco
kowalski nowak wisniewski ivanov petrov sokolov yilmaz kaya demir ferreira pereira oliveira souza costa almeida janssen bakker visser jansen ito sato suzuki takahashi watanabe park choi
albrecht arnold bauer baumann beck becker behrens berger bergmann bohm böhm brandt braun busch dietrich dittrich ebert eckert engel ernst
fischer frank franke friedrich fuchs gartner gärtner geiger gerlach graf gross groß gunther haas hahn hartmann hartwig heinrich heinz heller henkel
hermann herrmann hess heß hofer hoffmann hofmann horn huber jager jäger jahn jung junker kaiser keller kern kirchner klein klose knoll kohler köhler koch konig könig
kraft kramer krämer kraus krause kretschmer kruger krüger krueger kuhn kühn kunz kurz lang lange langer lehmann lenz lindner lorenz ludwig lutz maier marx mayer
meier meissner meister menzel metzger meyer moller möller moeller mohr muller müller mueller naumann neubauer neumann nowak otto paul peters petersen pfeiffer pohl
raab reinhardt reuter richter riedel ritter roth rothe sander sauer schafer schäfer schaefer scharf schenk scherer schiller schilling schlegel schmid schmidt schmitt schmitz
schneider scholz schreiber schroder schröder schroeder schubert schuler schüler schulte schultz schulz schulze schumacher schuster schwarz
schweizer seidel seifert seitz simon sommer stark steffens stein steiner stephan stock stolz straub strauss strauß thiel thomas ulrich unger
vogel vogt voigt volk wagner walter walther weber wegner weigel weiss weiß wendt wenzel werner westphal wiedemann wilhelm winkler winter
witt wolf wolff zander ziegler zimmer zimmermann
andre antoine arnaud aubert aubry bailly barbier baron barre barthelemy benard benoit berger bernard bertin bertrand besson blanc blanchard
bonnet boucher boulanger bourgeois bouvier boyer breton brun brunet camus carlier caron carpentier charles charpentier chevalier clement
colin collet collin cordier cousin da-silva daniel david delattre delaunay deschamps devaux denis dubois dufour dumas dumont dupont dupond dupuis dupuy durand durant
duval etienne evrard faure fabre fernandez ferry fleury fontaine fournier francois françois gaillard garcia garnier gauthier gautier gay germain gerard
gilbert gillet girard giraud gonzalez grand gros guerin guérin guillaume guillot guyot hamel henry herve hervé hoarau huet hubert humbert jacob jacquet
jean joly julien klein lacroix lambert langlois laurent lebrun leclerc leclercq lecomte lefebvre lefevre lefèvre legrand lemaire lemaitre
lemoine leroux leroy leveque lopez louis lucas maillard marchal marchand marechal maréchal marie martel martin martinez marty masson
mathieu menard ménard mercier meunier meyer michaud michel millet monnier moreau morel morin moulin muller nguyen nicolas noel olivier paris
pasquier payet pelletier pereira perez perret perrier perrin perrot petit philippe picard pichon pierre poirier poulain prevost prévost rey renard
renaud renault rey reynaud richard riviere rivière robert robin roche rodriguez roger rolland rousseau roussel roux roy royer sanchez schmitt simon tessier
thomas vasseur vidal vincent weber
aguilar alonso alvarez álvarez arias benitez benítez blanco bravo caballero cabrera calvo campos cano carmona carrasco castillo castro cortes cortés crespo cruz
delgado diaz díaz dominguez domínguez duran durán escobar espinosa esteban fernandez fernández ferrer flores fuentes gallardo gallego garcia garcía garrido
gil gimenez giménez gomez gómez gonzalez gonzález guerrero gutierrez gutiérrez guzman guzmán hernandez hernández herrera herrero hidalgo ibañez ibáñez
iglesias jimenez jiménez leon león lopez lópez lorenzo lozano marin marín marquez márquez martin martín martinez martínez medina mendez méndez mendoza merino molina montero
montoro mora morales moreno moya muñoz munoz navarro nieto nuñez núñez ortega ortiz otero parra pascual pastor peña perez pérez prieto quintana quispe ramirez
ramírez ramos reyes rios ríos rivas rivera robles rodriguez rodríguez rojas roman román romero rubio ruiz saez sáez salazar sanchez sánchez santana santiago
santos sanz serrano soler soto suarez suárez torres vargas vazquez vázquez vega velasco vera vicente vidal zapata
abbasi abdallah abdelrahman abdullah abouzeid ahmad ahmed al-masri al-farsi al-sayed al-hassan al-rashid al-saud al-qahtani al-ghamdi al-harbi al-otaibi al-zahrani al-mutairi al-dosari
alaoui amrani awad aziz azzouz bakr belkacem benali benjelloun bennani berrada bensalem bouazza boudiaf bouzid chaoui cherkaoui daoud darwish
el-amrani el-sayed elmasry fawzi fares farouk ghanem haddad hakim hamdan hamdi hamid hammoud hariri hasan hassan hosni hussein ibrahim idrissi
jaber jabri kabbaj kadi karam karimi kassem kettani khalil khan khouri khoury lahlou mahmoud mansour mansouri masri mekki messaoudi
mohamed moussa mubarak mustafa naciri nader najjar nasr nasser nassar obeid odeh omar osman othman qasim rahman rashid saadi said saleh salem salim samir
sayed shaheen shahin sharif slimani soliman suleiman tahiri tazi touati toumi yassin youssef zaki zayed ziani zidane
الأحمد العلي المصري الحسن الحسين السيد الشريف الحربي القحطاني الغامدي العتيبي الزهراني المطيري الدوسري الشمري الهاشمي النجار الحداد الخطيب
الكيلاني العمر الفهد الرشيد الصالح الجابر الزيد الحمد العنزي الرشيدي البلوي الجهني السبيعي العجمي المالكي الأحمدي بوعزيز بن بنعلي العلوي الإدريسي البكري الأنصاري التميمي العمري الفارسي الراشد السعيد الخوري حداد منصور نجار درويش عباس حمدان شاهين صالح طه عيسى موسى داود
`;

/** Words that begin with a capital behind a given name, and are no family's. */
export const NO_FAMILY_NAMES = `
street road avenue lane drive square station airport university college school hospital institute church bridge park river lake island islands beach bay city county
county valley mountain mount building tower house hotel center centre museum library street strasse straße platz weg allee
january february march april may june july august september october november december monday tuesday wednesday thursday friday saturday sunday
januar februar märz mai juni juli oktober dezember montag dienstag mittwoch donnerstag freitag samstag sonntag janvier février mars avril juin juillet août
septembre octobre novembre décembre lundi mardi mercredi jeudi vendredi samedi dimanche enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
inc ltd llc gmbh ag corp corporation company co group foundation team project server service api sdk cli app version release build test tests update report
license licence code file files data database system software hardware cloud java javascript python linux windows docker kubernetes git github gitlab
the a an and or not is are was were has have had will would can could should may might must do does did this that these those it its he she they we you i
in on at to for from with by of as if then else when where who what why how all any some no yes
der die das und oder nicht ist sind war waren hat haben wird werden kann ein eine einen im am zum zur von mit für auf bei aus nach
le la les un une des et ou est sont dans pour par avec sur
el los las y es son en por para con
hi hello dear hey thanks thank regards best kind sincerely yours cheers please sorry note warning error info debug
hallo danke grüße gruß liebe lieber herr frau dr prof bonjour merci cordialement hola gracias saludos
phone mobile email mail tel fax address name date id ref subject sent cc bcc re fwd via per page chapter section figure table
ceo cto cfo manager director president chairman engineer developer lead head senior junior
award prize day week month year act law bill order clause article case method theorem algorithm test scale rule
conference summit review committee council board office department ministry bank airlines air
`;
