/** A country that synthetic customers come from. */
export interface Country {
  readonly code: string;
  /** Share of customers, in relation to the others. */
  readonly weight: number;
  readonly currency: string;
  /** Cultures of its people, as in `cultures`; the first two letters are the language of business. */
  readonly cultures: readonly string[];
  /** Legal forms; `{}` in the pattern is the company's name. */
  readonly forms: readonly { readonly form: string; readonly pattern: string }[];
  /** Towns with the pattern of their postal codes and their region, where addresses name one. */
  readonly towns: readonly {
    readonly city: string;
    readonly postalCode: string;
    readonly region: string | null;
  }[];
  /** Telephone numbers in E.164; ranges kept for fiction where the country has some. */
  readonly phone: string;
  /** How the country is named within a group: `Novexa France`. */
  readonly name: string;
}

/**
 * A line for each: code, weight, currency, cultures, legal forms, towns, telephone. A form stands after the name unless
 * `{}` says where; a town has the pattern of its postal codes and perhaps a region.
 */
const table = `
US / 16 / USD / en / Inc.|LLC|Corp.|Inc. / New York;100##;NY|Chicago;606##;IL|Houston;770##;TX|Seattle;981##;WA|Boston;021##;MA|Denver;802##;CO|Atlanta;303##;GA|Portland;972##;OR / +121255501##
DE / 14 / EUR / de / GmbH|GmbH & Co. KG|AG|KG|OHG / Berlin;10###|Hamburg;20###|München;80###|Köln;50###|Stuttgart;70###|Leipzig;04###|Düsseldorf;40###|Nürnberg;90### / +493023125###
GB / 9 / GBP / en / Ltd|Limited|plc|LLP / London;EC#A #@@|Manchester;M# #@@|Leeds;LS# #@@|Bristol;BS# #@@|Glasgow;G# #@@|Cardiff;CF1# #@@ / +442079460###
FR / 9 / EUR / fr / SAS|SARL|SA|SASU / Paris;750##|Lyon;690##|Marseille;130##|Toulouse;310##|Nantes;440##|Strasbourg;670##|Bordeaux;330## / +3319900####
IT / 5 / EUR / it / S.r.l.|S.p.A.|S.r.l. / Milano;201##;MI|Roma;001##;RM|Torino;101##;TO|Bologna;401##;BO|Verona;371##;VR / +3902########
ES / 5 / EUR / es / S.L.|S.A.|S.L.U. / Madrid;280##|Barcelona;080##|Valencia;460##|Sevilla;410##|Bilbao;480## / +349########
NL / 4 / EUR / nl / B.V.|N.V.|B.V. / Amsterdam;10## @@|Rotterdam;30## @@|Utrecht;35## @@|Eindhoven;56## @@|Den Haag;25## @@ / +3120#######
CH / 3 / CHF / de fr it / AG|GmbH|SA / Zürich;80##|Genève;12##|Basel;40##|Bern;30##|Lausanne;10##|Lugano;69## / +4144#######
AT / 3 / EUR / de / GmbH|AG|KG / Wien;1##0|Graz;80##|Linz;40##|Salzburg;50##|Innsbruck;60## / +431#######
BE / 3 / EUR / nl fr / BV|NV|SRL|SA / Bruxelles;10##|Antwerpen;20##|Gent;90##|Liège;40## / +322#######
SE / 3 / SEK / sv / AB|AB|HB / Stockholm;11# ##|Göteborg;41# ##|Malmö;21# ##|Uppsala;75# ## / +46846500##
DK / 2 / DKK / da / A/S|ApS / København;1###|Aarhus;8###|Odense;5###|Aalborg;9### / +453#######
NO / 2 / NOK / nb / AS|ASA / Oslo;01##|Bergen;50##|Trondheim;70##|Stavanger;40## / +4722######
FI / 2 / EUR / fi / Oy|Oyj / Helsinki;001##|Tampere;331##|Turku;201##|Oulu;901## / +3589#######
PL / 4 / PLN / pl / Sp. z o.o.|S.A. / Warszawa;00-###|Kraków;30-###|Wrocław;50-###|Gdańsk;80-###|Łódź;90-### / +4822#######
CZ / 2 / CZK / cs / s.r.o.|a.s. / Praha;1## 00|Brno;6## 00|Ostrava;7## 00|Plzeň;3## 00 / +4202########
PT / 2 / EUR / pt / Lda.|S.A. / Lisboa;1###-###|Porto;4###-###|Braga;47##-###|Coimbra;30##-### / +35121#######
IE / 2 / EUR / en / Ltd|DAC|Ltd / Dublin;D0# @#@#|Cork;T12 @#@#|Galway;H91 @#@#|Limerick;V94 @#@# / +3531#######
GR / 2 / EUR / el / Α.Ε.|Ε.Π.Ε.|Ι.Κ.Ε. / Αθήνα;10# ##|Θεσσαλονίκη;54# ##|Πάτρα;26# ## / +3021########
BG / 1 / EUR / bg / ООД|ЕООД|АД / София;10##|Пловдив;40##|Варна;90## / +3592#######
TR / 3 / TRY / tr / A.Ş.|Ltd. Şti. / İstanbul;34###|Ankara;06###|İzmir;35###|Bursa;16### / +90212#######
BR / 5 / BRL / pt / Ltda.|S.A. / São Paulo;0####-###;SP|Rio de Janeiro;2####-###;RJ|Belo Horizonte;30###-###;MG|Curitiba;80###-###;PR / +5511########
MX / 3 / MXN / es / S.A. de C.V.|S. de R.L. de C.V. / Ciudad de México;06###;CDMX|Guadalajara;44###;JAL|Monterrey;64###;NL / +5255########
CA / 4 / CAD / en fr / Inc.|Ltd.|Corp. / Toronto;M#@ #@#;ON|Vancouver;V#@ #@#;BC|Montréal;H#@ #@#;QC|Calgary;T#@ #@#;AB / +141655501##
AU / 3 / AUD / en / Pty Ltd|Ltd / Sydney;20##;NSW|Melbourne;30##;VIC|Brisbane;40##;QLD|Perth;60##;WA / +6125550####
IN / 5 / INR / en-IN / Pvt. Ltd.|Ltd.|LLP / Mumbai;4000##;Maharashtra|Bengaluru;5600##;Karnataka|Delhi;1100##;Delhi|Chennai;6000##;Tamil Nadu / +9122########
JP / 6 / JPY / ja / 株式会社{}|{}株式会社|合同会社{} / 東京都千代田区;100-####|大阪市北区;530-####|名古屋市中区;460-####|福岡市博多区;812-#### / +813########
CN / 6 / CNY / zh / {}有限公司|{}有限责任公司|{}股份有限公司 / 北京;100###|上海;200###|深圳;518###;广东|杭州;310###;浙江|成都;610###;四川 / +8610########
KR / 3 / KRW / ko / 주식회사 {}|{} 주식회사|유한회사 {} / 서울특별시 강남구;06###|부산광역시 해운대구;48###|인천광역시 연수구;21### / +822########
`;

const names = new Intl.DisplayNames('en', { type: 'region' });

function countryIn(line: string): Country {
  const [code = '', weight = '', currency = '', cultures = '', forms = '', towns = '', phone = ''] =
    line.split(' / ');
  return {
    code,
    weight: Number(weight),
    currency,
    cultures: cultures.split(' '),
    forms: forms.split('|').map((written) => ({
      form: written.replace('{}', '').trim(),
      pattern: written.includes('{}') ? written : `{} ${written}`,
    })),
    towns: towns.split('|').map((written) => {
      const [city = '', postalCode = '', region = null] = written.split(';');
      return { city, postalCode, region };
    }),
    phone,
    name: names.of(code) ?? code,
  };
}

/** Where synthetic customers come from. */
export const countries: readonly Country[] = table.trim().split('\n').map(countryIn);
