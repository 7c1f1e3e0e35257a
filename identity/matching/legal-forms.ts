/**
 * Legal forms of companies as names have them, folded: for each country its forms, each as `form=other spelling,…`.
 * `**` are those that are met everywhere.
 */
const table = `
** ltd=limited|inc=incorporated|llc|plc|gmbh|ag|sa|sas|srl|bv|nv|se=societas europaea|lp|llp|corp=corporation|co=company,cie,compagnie,cia|pty ltd=pty limited,proprietary limited|co ltd=co limited,company limited|group=gruppe,groupe,grupo,gruppo|holding=holdings
DE gmbh=gesellschaft mit beschrankter haftung,gesmbh,ges mbh,mbh|gmbh co kg=gmbh und co kg,gmbh cokg,gmbh co kommanditgesellschaft|ag=aktiengesellschaft|ag co kg|kg=kommanditgesellschaft|kgaa=ag co kgaa,gmbh co kgaa,se co kgaa|ohg=offene handelsgesellschaft|gbr|ug=ug haftungsbeschrankt,unternehmergesellschaft haftungsbeschrankt,unternehmergesellschaft|ek=ekfm,ekfr,eingetragener kaufmann|eg=eingetragene genossenschaft|ev=eingetragener verein|ggmbh
AT gmbh=gesellschaft mit beschrankter haftung,gesmbh,ges mbh,mbh|ag=aktiengesellschaft|kg|gmbh co kg=gesmbh co kg|og|eu|flexco
CH ag=aktiengesellschaft|gmbh|sa=societe anonyme|sarl=societe a responsabilite limitee|sagl
LI ag|anstalt|est=establishment
FR sa=societe anonyme|sas=societe par actions simplifiee|sasu|sarl=societe a responsabilite limitee|eurl|snc=societe en nom collectif|sci|scop|scs|ei
BE sa=societe anonyme|nv=naamloze vennootschap|bv=besloten vennootschap,bvba|srl=sprl|sc=scrl|cv=cvba|asbl=vzw
LU sa|sarl|scs|sca|soparfi
NL bv=besloten vennootschap|nv=naamloze vennootschap|vof|cv|coop=cooperatie
IT spa=societa per azioni|srl=societa a responsabilita limitata|srls|sas=societa in accomandita semplice|snc=societa in nome collettivo|scarl
ES sa=sociedad anonima|sau|sl=sociedad limitada,srl,sociedad de responsabilidad limitada|slu|slp|scoop|sll
PT sa|lda=limitada,ltda|unipessoal lda
IE ltd=limited|dac|plc|uc|clg|teoranta=teo
GB ltd=limited|plc=public limited company|llp|lp|cic
US inc=incorporated|corp=corporation|llc=limited liability company|lp|llp|pc|pllc|co=company|ltd
CA inc=incorporated,incorporee|corp=corporation|ltd=limited,ltee|ulc
AU pty ltd=pty limited,proprietary limited|ltd=limited|pty
NZ ltd=limited
ZA pty ltd=pty limited,proprietary limited|ltd|cc
SE ab=aktiebolag,aktiebolaget|hb|kb|ek for
NO as=aksjeselskap|asa=allmennaksjeselskap|ans|da|nuf
DK as=aktieselskab|aps=anpartsselskab|is|ks|ivs|amba
FI oy=osakeyhtio,ab oy,oy ab|oyj=julkinen osakeyhtio,abp|ky|tmi
IS ehf=einkahlutafelag|hf
EE ou=osauhing|as=aktsiaselts
LV sia|as
LT uab|ab
PL sp zoo=sp z oo,spzoo,spolka z ograniczona odpowiedzialnoscia|sa=spolka akcyjna|spk=sp k|sp j|sp zoo sp k=sp z oo sp k
CZ sro=spol s ro,spolecnost s rucenim omezenym|as=akciova spolecnost|vos|ks
SK sro=spol s ro|as
HU kft=korlatolt felelossegu tarsasag|zrt|nyrt|rt|bt|kkt
RO srl|sa|pfa
BG eood=ood|ad=ead
GR ae=sa,anonymi etaireia|epe=etaireia periorismenis efthynis|ike|oe|ee
CY ltd=limited|plc
SI doo|dd
HR doo|dd|jdoo
RS doo|ad
BA doo|dd
MK doo|ad
RU ooo=obshchestvo s ogranichennoi otvetstvennostyu|ao=aktsionernoe obshchestvo,zao,oao|pao|ip|llc
UA tov=tovaristvo z obmezhenoyu vidpovidalnistyu,ooo|pat|prat|fop|at
BY ooo|oao|zao|odo|up
KZ too|ao
GE shps
TR as=anonim sirketi|ltd sti=limited sirketi,ltd
IL ltd=beam
AE llc|fze|fzco|fz llc|pjsc|dmcc
IN pvt ltd=private limited,pvt limited,private ltd|ltd=limited|llp
SG pte ltd=private limited,pte limited|ltd=limited|llp
MY sdn bhd|bhd
ID pt=perseroan terbatas|tbk|cv
TH co ltd|pcl=public company limited
VN co ltd|jsc
PH inc|corp
HK ltd=limited
CN co ltd=company limited,有限公司,有限责任公司|股份有限公司
TW co ltd=company limited,有限公司|股份有限公司
JP kk=kabushiki kaisha,kabushiki gaisha,株式会社|gk=godo kaisha,合同会社|yk=yugen kaisha,有限会社|co ltd
KR co ltd=주식회사|유한회사
BR ltda=limitada|sa|me|epp|eireli|slu
MX sa de cv=sociedad anonima de capital variable|sapi de cv|srl de cv=s de rl de cv|sc|ac|sa
AR sa|srl|sas
CL sa|spa|ltda=limitada
CO sas|sa|ltda
PE sac|sa|srl|eirl
VE ca|sa
`;

type Forms = ReadonlyMap<string, string>;

/** The spellings of each country's forms, by its code, with the form that they stand for. */
const forms: ReadonlyMap<string, Forms> = new Map(
  table
    .trim()
    .split('\n')
    .map((line): [string, Forms] => {
      const [code, list] = [line.slice(0, 2), line.slice(3)];
      const spellings = list.split('|').flatMap((entry) => {
        const [form = '', others] = entry.split('=');
        return [form, ...(others?.split(',') ?? [])].map((spelling): [string, string] => [spelling, form]);
      });
      return [code, new Map(spellings)];
    }),
);
const everywhere = forms.get('**') ?? new Map<string, string>();
/** For a name of which no country is known. */
const anywhere: Forms = new Map([...forms.values()].flatMap((some) => [...some]));
/** What stands before the name, in these countries or without one. */
const leading: ReadonlySet<string> = new Set([
  'ooo',
  'ao',
  'pao',
  'tov',
  'too',
  'pt',
  'cv',
  'kk',
  'uab',
  'sia',
  'ip',
]);
/** Words of the longest spelling. */
const longest = 5;
const eastAsian = [...anywhere.keys()].filter((spelling) => /[\p{sc=Han}\p{sc=Hangul}]/u.test(spelling));

function lookUp(spelling: string, country: string | null): string | undefined {
  const own = country === null ? undefined : forms.get(country);
  return (own ?? anywhere).get(spelling) ?? everywhere.get(spelling);
}

/** A name's words without its legal forms. */
export interface Stripped {
  readonly words: readonly string[];
  /** The forms, as their country names them; empty for a name without one. */
  readonly forms: readonly string[];
}

/**
 * Takes the legal forms off a folded Latin name: those of its country and those that are met everywhere, at the end and,
 * where that is usual, at the beginning. At least one word stays.
 */
export function withoutForms(words: readonly string[], country: string | null): Stripped {
  const rest = words.map(withoutEastAsian).flatMap(({ text }) => (text === '' ? [] : [text]));
  const found = words.flatMap((word) => withoutEastAsian(word).forms);
  for (let more = true; more && rest.length > 1;) {
    more = false;
    for (let size = Math.min(longest, rest.length - 1); size > 0 && !more; size--) {
      const form = lookUp(rest.slice(-size).join(' '), country);
      if (form === undefined) continue;
      rest.splice(-size);
      found.push(form);
      more = true;
    }
    const [first = ''] = rest;
    const before = leading.has(first) && rest.length > 1 ? lookUp(first, country) : undefined;
    if (before === undefined) continue;
    rest.shift();
    found.push(before);
    more = true;
  }
  return { words: rest, forms: [...new Set(found)].sort() };
}

/** Forms that are written together with the name. */
function withoutEastAsian(word: string): { text: string; forms: string[] } {
  const form = eastAsian.find((one) => word !== one && (word.startsWith(one) || word.endsWith(one)));
  if (form === undefined) return { text: word, forms: [] };
  return { text: word.replace(form, ''), forms: [anywhere.get(form) ?? form] };
}
