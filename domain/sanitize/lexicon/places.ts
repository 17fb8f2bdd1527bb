/** Countries by the names that people give as where they come from; of several words the first stands for all. */
export const COUNTRIES = `
germany deutschland allemagne alemania austria österreich autriche switzerland schweiz suisse suiza france frankreich francia spain spanien espagne españa
italy italien italie italia portugal england scotland wales ireland irland irlande britain usa uk america canada kanada mexico méxico mexiko brazil brasil
argentina chile colombia peru perú venezuela cuba ecuador bolivia uruguay paraguay belgium belgien belgique netherlands niederlande denmark dänemark sweden schweden norway
norwegen finland finnland poland polen pologne polonia czechia hungary ungarn romania bulgaria greece griechenland turkey türkei türkiye russia ukraine india china japan
australia morocco maroc marruecos marokko algeria algérie argelia algerien tunisia tunisie túnez tunesien egypt égypte egipto ägypten lebanon liban syria syrien syrie iraq
jordan yemen qatar kuwait bahrain oman israel pakistan nigeria kenya
مصر السعودية المغرب الجزائر تونس لبنان سوريا العراق الأردن اليمن قطر الكويت البحرين عمان الإمارات ليبيا السودان فلسطين ألمانيا فرنسا إسبانيا بريطانيا
`;

/** Cities that are hardly anything else. */
export const CITIES = `
berlin hamburg münchen munich köln cologne frankfurt stuttgart düsseldorf dortmund essen leipzig bremen dresden hannover nürnberg duisburg bochum wuppertal bielefeld bonn münster
karlsruhe mannheim augsburg wiesbaden kiel freiburg mainz rostock potsdam heidelberg regensburg würzburg ulm wien vienna graz linz salzburg innsbruck zürich zurich genf geneva genève basel
bern lausanne luzern london manchester birmingham liverpool leeds glasgow edinburgh bristol sheffield cardiff belfast dublin cork nottingham newcastle southampton
brighton oxford cambridge york chicago houston philadelphia phoenix dallas seattle boston denver detroit portland atlanta miami minneapolis baltimore pittsburgh
cleveland toronto montreal montréal vancouver ottawa calgary sydney melbourne brisbane perth auckland paris lyon marseille toulouse nice nantes strasbourg montpellier bordeaux lille rennes
reims grenoble dijon angers nîmes toulon rouen caen nancy metz tours brest limoges bruxelles brussels brüssel antwerp gent lüttich liège madrid barcelona valencia sevilla zaragoza málaga
malaga murcia bilbao alicante córdoba valladolid vigo gijón granada salamanca toledo cádiz bogotá medellín lima quito caracas guadalajara monterrey tijuana
rosario mendoza valparaíso amsterdam rotterdam utrecht copenhagen kopenhagen stockholm göteborg oslo helsinki warsaw warszawa kraków prague prag praha budapest bucharest
lisbon lisboa porto rome roma milano milan napoli torino firenze athens istanbul ankara izmir moscow kyiv delhi mumbai bangalore tokyo beijing shanghai singapore dubai
casablanca rabat marrakech fès tanger agadir alger oran constantine tunis sfax sousse cairo alexandria beirut damascus baghdad amman riyadh jeddah doha muscat manama
القاهرة الإسكندرية الرياض جدة مكة الدمام الدار الرباط مراكش فاس طنجة وهران قسنطينة صفاقس بيروت دمشق حلب بغداد البصرة عمّان الدوحة دبي أبوظبي الشارقة المنامة صنعاء الخرطوم طرابلس
`;
