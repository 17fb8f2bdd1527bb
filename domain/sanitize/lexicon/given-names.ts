/** The commonest of English, German, French, Spanish and Arabic speakers; in small letters, parted by blanks. */
export const GIVEN_NAMES = `
aaron abigail adam adrian agnes aidan aiden alan albert alec alex alexander alexandra alexis alfred alice alicia alison allan allison
alyssa amanda amelia amy andrea andrew andy angela anita ann anna anne annie anthony antonia april archie arnold arthur ashley audrey
aurora barbara barry beatrice becky belinda ben benjamin bernard bernice beth bethany betty beverly billy bobby bonnie bradley brandon
brenda brendan brent brian bridget brittany bruce bryan caleb callum cameron carl carla carol carole caroline carolyn catherine cathy
cecilia chad charlene charles charlie chelsea cheryl chloe chris christina christine christopher cindy claire clara clarence
claudia clifford clinton colin colleen connor conor courtney craig curtis cynthia damian daniel danielle darren darryl dave david dawson
deborah debbie debra denise dennis derek diana diane donald donna doris dorothy douglas duncan dustin dwight dylan earl eddie edith edward
edwin eileen elaine eleanor elena eli elijah elizabeth ella ellen ellie elliot elsie emily emma eric erica erik erin ernest esther ethan
ethel eugene eva evan evelyn felicity felix fiona frances francine francis frank franklin fred freddie frederick gabriel gareth gary gavin
geoffrey george georgia gerald geraldine gilbert gillian gina gladys glenn gloria gordon graham gregory greg gwen gwendolyn hannah harold
harriet harry harvey heather hector heidi helen henry herbert holly howard hugh ian irene isaac isabel isabella isabelle jack jackie jacob
jacqueline jake james jamie jane janet janice jared jasmine jason jean jeanette jeff jeffrey jennifer jenny jeremy jerome jerry jessica
jim jimmy joan joanna joanne jodie joe joel johanna john johnny jonathan jordan joseph josephine josh joshua joy joyce juan judith judy julia
julian julie juliet justin karen karl kate katherine kathleen kathryn kathy katie kayla keith kelly kelsey ken kenneth kerry kevin
kieran kimberly kirsty kristen kristin kurt kyle larry laura lauren laurence lawrence leah lee leo leon leonard leroy leslie lewis liam lillian lily
linda lindsay lindsey lisa liz lloyd lois lorraine louis louise lucas lucille lucy luke lydia lynn madeleine madison maggie malcolm
marcus margaret maria marian marie marilyn marion marjorie marlene marshall martha martin marvin mary mathew matt matthew maureen maurice
maxine megan melanie melinda melissa melvin michael michele michelle mike mildred milton mitchell molly monica morgan muriel
myra nadine nancy naomi natalie natasha nathan nathaniel neil nicholas nick nicola nicole nigel nina noah noel nora norma norman
oliver olivia oscar owen pamela patricia patrick paul paula pauline peggy peter phil philip phillip phoebe phyllis poppy priscilla rachel
ralph ramona randall raymond rebecca regina reginald rhonda richard rick ricky rita robert roberta robin rodney roger roland ron
ronald rosalie rosalind rosemary rosie ross roxanne roy rupert russell ruth ryan sally sam samantha samuel sandra sara sarah
scott sean sebastian seth shannon sharon shaun sheila shelley sheryl shirley sidney simon sophia sophie stacey stacy stanley stella stephanie stephen
steve steven stewart stuart susan suzanne sylvia tamara tammy tanya ted terence teresa terry thelma theodore theresa thomas tiffany tim timothy
tina toby todd tom tommy toni tony tracey tracy trevor tristan tyrone valerie vanessa vera verity vernon veronica victor
vincent viola vivian walter wanda wayne wendy wesley wilfred william winifred yolanda yvette yvonne zachary zoe joann
kaitlyn makayla brianna hailey ava mia liz lena ines yuki olga marc elinor priya sanjay rajesh anil sunita deepak arjun rohan neha
pooja vikram amit anjali ravi suresh ramesh wei mei hiroshi kenji akira haruto sakura minh thanh linh ivan dmitri sergei natalia svetlana
oksana piotr agnieszka katarzyna tomasz krzysztof malgorzata magdalena jakub pavel jiri zuzana jana lukas petra
giovanni giuseppe francesca alessandro chiara luca matteo giulia marco antonio paolo elisa lorenzo valentina federica
joao ana pedro tiago rui ines mariana beatriz goncalo catarina
anders bjorn lars sven erik ingrid astrid freja mikkel soren nils olaf karin gunnar henrik magnus linnea ebba
willem pieter jeroen maarten femke sanne daan bram lieke joost
jess barack meghan beyoncé rihanna serena venus tiger lebron kobe wilma alma elsa greta astrid britta kwame kofi ama akua tunde chinedu ngozi amara oluwaseun adebayo chidi ifeoma fatou mamadou aminata ibrahima ousmane aissatou awa cheikh modou wojciech zbigniew jerzy andrzej grzegorz ewa
barbara zofia zoltan zoltán laszlo lászló istvan istván gabor gábor ferenc attila csaba tamas tamás katalin ildiko dilara özge hakan burak cem deniz gizem hatice hüseyin ibrahim ismet kemal orhan selim serkan
lakshmi krishna arun vijay anand kavita meera divya ramakrishnan sandeep rakesh manoj naveen kiran shreya aishwarya nisha sneha harish ganesh mohan shankar vinod swati sinéad niamh aoife ciara ciaran eoin padraig
orla siobhan maeve fergus declan ming xiu hui jun ying fang xin yan hong lan hua takeshi kenta ryo sakura naoko keiko ayumi minjun seojun jiwoo hyun soo jin hye bogdan mihai andrei ioana elena cristian dragos radu
vasile viorica stoyan georgi ivana marko nikola jelena dragan milos zoran goran vesna snezana branko tomislav zdenka zdenek vaclav václav petr ondrej vojtech tereza lenka katerina jaroslav stanislav miroslav bohumil
nikos giorgos dimitris kostas maria eleni katerina panagiotis yannis anastasia svetlana tatiana ekaterina vladimir alexei mikhail andrey nikolai boris oleg igor yuri larisa galina olena volodymyr taras bohdan
guadalupe xoana uxía iria antía brais breixo anxo jordi jordi pau arnau marc oriol mireia montse eulàlia itxaso ainhoa gorka unai aritz mikel koldo
mehmet ayse fatma mustafa emre zeynep elif murat
achim adelheid adolf albrecht alfons alina alois andreas anette angelika anja anke annegret anneliese annette antje anton armin arne
arno astrid axel barbel bastian beate benedikt bernd bernhard bettina bianca birgit birgitta bjorn bodo brigitte britta bruno burkhard carsten
charlotte christa christel christoph claus clemens corinna cornelia dagmar detlef dieter dietmar dirk dominik doreen dorothea dorothee
eberhard eckhard edeltraud ekkehard elfriede elisabeth elke elmar erhard erich erika ernst erwin eugen evelin fabian ferdinand florian
franz franziska friederike friedhelm friedrich fritz gabi gabriele georg gerda gerhard gerlinde gernot gertrud gisela gottfried gudrun
gunter günther günter guenther gunther gustav hanna hannelore hannes hans hans-peter harald hartmut hedwig heike heiko heiner heinrich heinz helga helge
helmut henning henriette herbert hermann herta hilde hildegard holger horst hubert ilona ilse imke ingeborg ingo inge
irmgard isolde jan jana janina janine jens joachim jochen johann johannes jonas jörg jorg joerg josef judith julius jurgen jürgen juergen jutta
kai karlheinz karl-heinz karola karsten kaspar katharina kathrin katja katrin kerstin kirsten klara klaus konrad konstantin korbinian
kornelia lars laurin leonhard leonie liane lieselotte liselotte lothar lotte ludwig luisa lukas lutz magda maike maja malte
manfred manuela mareike margarete margit margot marianne marina mario marita markus marlies martina mathias mathilde matthias maximilian
meike meinhard melina merle michaela mike mirjam monika moritz nadja niklas nico nicolas nils norbert ole olaf oskar
ottmar otto pascale peer petra philipp rainer ralf raphael regine reiner reinhard reinhold renate rene rené ricarda roland rolf
romy roswitha rudi rudiger rüdiger ruediger rudolf sabine sandro sascha sebastian siegfried sieglinde siegmund sigrid silke silvia simone sonja
sören stefan stefanie steffen steffi susanne svenja tanja thea theo thilo thorben thorsten till tilman tilo timo tobias torben
torsten traudel udo ulf uli ulrich ulrike ursula ute uwe veit verena viktor viktoria volker volkmar waldemar waltraud walther
werner wiebke wilfried wilhelm wilhelmine willi willy winfried wolfgang wolfram xaver yannick yannik
adele adeline adrien adrienne agathe aime aimee alain albane aline amandine amaury ambroise amelie amélie anais anaïs anatole andre
andré andree andrée ange angele angelique angélique anne-marie annick anouk antoine antoinette armand armelle arnaud arthur aude
aurelie aurélie aurelien aurélien axelle baptiste bastien beatrice béatrice benedicte bénédicte benoit benoît berengere bernadette bertrand
blandine brice brigitte camille carine cecile cécile cedric cédric celine céline chantal christelle christiane christophe claudine
clemence clémence clement clément clotilde colette coralie corentin corinne cyril cyrille damien danièle daniele delphine denis
desire didier dominique edith edmond edouard édouard eliane éliane elise élise elodie élodie eloise éloïse emeric emile émile
emilie émilie emmanuel emmanuelle estelle etienne étienne eugenie fabien fabienne fabrice fanny fernand flavie florent
floriane francis franck francois françois francoise françoise frederic frédéric frederique frédérique gaelle gaëlle gaetan gael gaël gaston
genevieve geneviève georges gerard gérard germaine ghislaine gilles gisele gisèle gregoire grégoire gregory guillaume gustave guy gwenaelle
gwenaël helene hélène henri herve hervé honore hortense hubert huguette ilan isabelle ivan jacques jean-baptiste jean-claude
jean-francois jean-françois jean-luc jean-marc jean-michel jean-paul jean-philippe jean-pierre jeanne jeannine jerome jérôme jocelyne josette
josiane josselin jules julien juliette justine karine killian laetitia lætitia laurence laurent laure lea léa leonie loic loïc lionel loris lou
louis-philippe luc lucie lucien lucienne ludivine ludovic lydie lysiane maelle maëlle manon marc-antoine marcel marceline margaux
marguerite marie-christine marie-claude marie-france marie-helene marie-hélène marie-louise marie-therese marielle marine marion maryse
marthe mathieu mathilde mathis maud maxence maxime mélanie melissa michel micheline mireille monique morgane muriel myriam nadege
nadège nathalie nicolas noe noé noelle noëlle noemie noémie océane odette odile olivier oceane pascal pascale patrice paulette philippe
pierre pierre-yves pierrick quentin raoul raymonde regis régis remi rémi remy rémy renaud renee renée rodolphe romain romane
roseline sabrina salome salomé sandrine séverine severine solange solene solène stéphane stephane stephanie stéphanie suzanne sylvain sylvaine sylvie
tanguy theo théo thibault thibaut thierry timothee timothée tristan valentin valérie valerie veronique véronique victoire vincent violaine virginie
viviane xavier yann yannick yves yvette yvon zélie
abel abelardo carmen thérèse therese lourdes remedios angustias paca pepe paco nacho chema adela adolfo adriana agueda agustin agustín aitana aitor alba alberto alejandra alejandro alfonso alfredo almudena alonso alvaro
álvaro amparo anabel andres andrés angeles ángel ángeles aniceto antonia ariadna armando arturo asuncion asunción aurelio ascensión begoña beatriz
belen belén benito bernarda bernardo blanca borja candela candelaria carla carlos carlota carmela carolina catalina celia cesar césar claudio
concepcion concepción conchita consuelo cristian cristina cristobal cristóbal damián dani daniela dario darío desiree diego domingo elena
elias elías eloisa elvira emilia emiliano emilio encarnacion encarnación enrique ernesto esperanza esteban estefania estefanía estela eugenia eulalia eusebio
ezequiel fabiola facundo fatima fátima federico felipe fermin fermín fernanda fernando fidel florencia francisca francisco gabriela gerardo german germán
gines ginés gonzalo graciela gregorio guadalupe guillermo gustavo hector héctor hernan hernán hilario hugo humberto ignacia ignacio
iker inés iñaki inaki inmaculada irene isidro ismael itziar ivan iván jacinto jacobo jaime javier jesús jimena joaquin joaquín jorge jose josé josefa
josefina josé-luis josé-maría juana juanjo julian julián julio lautaro leandro leire leonardo leonor leticia lola lorena lucia lucía luciana luciano lucrecia luis luisa luz
macarena magdalena maite manolo manuel manuela marcela marcelo marcos margarita mariano maricarmen mariluz marisa marisol maría maria-jose marta martina
martín mateo matilde matías matias mauricio maximiliano mayte melchor mercedes miguel miguel-angel milagros miriam moises moisés montserrat natalia nerea
nicolás nicolasa nieves noelia nuria octavio ofelia olalla olga oriol óscar pablo paloma paquita patricio pilar primitivo purificación rafael rafaela
raimundo ramiro ramon ramón raquel raul raúl ricardo roberto rocio rocío rodrigo rogelio román roman rosalia rosalía rosario ruben rubén salvador
sancho santiago saúl saul sergio silvana silvestre silvia simón sofía soledad sonsoles susana tamara teodoro teresa tomás tomas trinidad ulises
valentín valeria vicente vicenta ximena xiomara yago yolanda zaida zoraida
aaliyah abbas abdallah abdel abdelaziz abdelkader abdelkarim abderrahmane abdul abdulaziz abdullah abdulrahman abdulkarim abeer adel adnan afaf ahlam ahmad ahmed
aicha aisha aïcha akram alaa ali amal amani amin amina amine amir amira ammar anas anwar arwa asma asmaa assia ayman ayoub aziz aziza bachir badr
bahaa basem basma bassam bilal bouchra boutros brahim dalal dalia dina driss duaa ehab eman essam fadi fadel fahad fahd faisal faiza
farah farid farida farouk faten fathi fatiha fatimah fatma fawzi fouad ghada ghassan habib hadi hadeel hafsa haifa hakim halima hamad hamid
hamida hamza hana hanan hani hanane haroun hasan hasna hassan hatem haytham hayat heba hicham hind hisham houda huda hussein hussain ibrahim ibtissam idris
ikram ilham iman imane imad imran intisar ismail issa jaafar jabir jamal jamila jihad kamal kamel karim karima kawtar khadija khadijah khaled
khalid khalil khawla lamia latifa layla leila leïla lina loubna lubna mahdi maher mahmoud majed majid malak malika manal mansour marwa
marwan maryam mehdi meriem mohamed mohammad mohammed mona mostafa mounir mourad muhammad muna munir mustapha nabil nabila nada nader nadia
nadim naima najat najib najla nasser nawal nawaf nayef nidal nizar noor nora nour noura oussama omar osama othman rabia rachid rachida rafik raghad
rahma raja rami rana rania rasha rashid rashed reem rim riyad rkia ruqayya saad sabah sabri sadiq safa safia sahar said saïd saida salah salem saleh
salim salima salma salman salwa sameh samer sami samia samir samira sana sanaa sara sawsan shadi shaima shaimaa sherif siham sofiane souad
soufiane souhail sultan suha suleiman taha tahar talal tamer tarek tariq thamer umar wael wafaa wahid waleed walid warda wassim widad
yahya yasin yasir yasmin yasmina yasmine yasser yassine younes youssef yousef yousra yusuf zahra zaid zainab zakaria zaki zeinab ziad zineb
محمد أحمد احمد محمود علي عمر حسن حسين خالد إبراهيم ابراهيم يوسف مصطفى سعيد سعد كريم طارق ياسر سامي سمير نبيل وليد ماهر رامي فادي هشام
هاني عادل جمال كمال منير فريد رشيد ناصر سالم سليمان عثمان بلال أنس أيمن باسم حمزة زياد زكريا يحيى إسماعيل اسماعيل إدريس عمار مروان فهد فيصل
تركي سلطان نواف ماجد بدر راشد حمد سيف منصور غسان نزار عدنان أكرم أسامة اسامة معاذ ياسين
فاطمة عائشة خديجة مريم زينب سارة نور ليلى هدى منى أمل سلمى سعاد نادية سميرة كريمة لطيفة جميلة رانيا دينا ياسمين هند أسماء اسماء إيمان ايمان
نجلاء وفاء سناء رنا ريم لينا مها عبير غادة نوال سحر حنان أميرة اميرة رقية حليمة صفاء شيماء مروة آمنة بشرى سهام
حسام نورة نوره منيرة الجوهرة عبدالله عبدالرحمن عبدالعزيز عبدالكريم عبدالمجيد عبدالرزاق لولوة أروى أريج بسمة تهاني جواهر حصة دانة دلال رغد روان ريما زهراء سارا شهد
عهود فرح لمياء لمى مشاعل ملاك نهى هيفاء وجدان وعد أمينة رنيم جنى تالا هيا إسراء آية أفنان بيان شذى ضحى غدير كوثر نرجس إلهام رباب خولة سناء عواطف نعيمة فوزية زهرة مليكة حسناء
طلال مشعل متعب نايف عايض سعود بندر ثامر حاتم رياض شادي صلاح ضياء علاء فؤاد قاسم لؤي مازن مؤيد مجدي محسن مختار مدحت نادر نعيم هيثم وائل وسام يزيد أنور إياد أشرف بهاء جابر جعفر حازم حيدر
راغب سفيان شريف صابر عاصم عصام عزيز فارس فاروق كاظم مراد معتز منذر مهند ناجي نضال نورالدين بوعلام رضوان عبدو حكيم سمير توفيق رابح جلال
`;

/** Also words, places, products or tools: they count where something else speaks for a person. */
export const DOUBTFUL_GIVEN_NAMES = `
alexis amber angel april archie art aurora austin autumn bill billy blanca bob brandon brook camille candela carol chad chance chase chelsea cherry chip christian clay cliff
clinton dale dallas dawn dean destiny dirk domingo don drew earl eli ernest esperanza eva faith felicity florence ford francis frank franklin gene georgia
ginger gloria grace grant guy harmony harvey hazel heath heather holly hope hugo hunter iris isaac israel ivy jack jade jasmine jean jesse jesus jersey jordan joy julia
jules june kai kelly ken lance lane laurel lee lewis lily lily lou lucky luz mark marshall mason max may melody mercedes merle miles milton mitchell
morgan nick noel nova ole olive oscar otto paris pascal pat patience paz peer penny pilar poppy porter ray red reed rich rick river rob robin rocio rose ross royal ruby
rusty sage sam sandy santiago scott sidney sierra sky soledad sterling stella sue summer sultan sunny sydney ted teddy tiffany till tom trinidad ute van vera verity victor
victoria viola violet virginia wade warda will winter woody ali sana said mona nova noor adel amal amin iman hind jihad salam
alba luna mars leo dani luc ange ilan lotte elif mia ava milagros nieves candelaria consuelo rosario concepción asunción guadalupe alice eve mallory trent salvador
theo arno leon mike roman norman norma regina major marina magnus orion ada chloe jasper hana noe mei wei rui axel
نور أمل كريم سعيد جمال كمال هدى منى سلطان ناصر عادل بدر سيف إيمان وفاء صفاء حنان سحر بشرى عمار سالم وليد
`;
