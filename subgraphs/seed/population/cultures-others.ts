import type { Draft } from './words.ts';

/** Cultures with scripts of their own; after `=` how the word is written in an address on the Internet. */
export const others: Readonly<Record<string, Draft>> = {
  el: {
    given:
      'Γιώργος=giorgos Μαρία=maria Δημήτρης=dimitris Ελένη=eleni Νίκος=nikos Κατερίνα=katerina Κώστας=kostas Σοφία=sofia Αθανάσιος=athanasios Ιωάννα=ioanna',
    family:
      'Παπαδόπουλος=papadopoulos Παππάς=pappas Καραγιάννης=karagiannis Νικολάου=nikolaou Βασιλείου=vasileiou Οικονόμου=oikonomou Γεωργίου=georgiou Αλεξίου=alexiou',
    trades:
      'Μεταφορική,Μηχανική,Λογισμικό,Τρόφιμα,Χημικά,Κατασκευές,Ιατρικά,Εμπορική,Ενέργεια,Υφάσματα,Συσκευασίες,Συμβουλευτική',
    streets: 'Ερμού {n} | Λεωφόρος Κηφισίας {n} | Εγνατία {n} | Πανεπιστημίου {n}',
    coined: [
      'Ελλα=ella Αιγαι=aege Δελφ=delf Ολυμπ=olymp Ηλι=ili Νεο=neo Αρτ=art Κρητ=krit',
      'ικός=ikos ίων=ion άτις=atis όν=on ία=ia άξις=axis εύς=eus ίνη=ini',
    ],
  },
  bg: {
    given:
      'Иван=ivan Мария=maria Георги=georgi Елена=elena Димитър=dimitar Десислава=desislava Николай=nikolay Ралица=ralitsa Петър=petar Йоана=yoana',
    family:
      'Иванов=ivanov Георгиев=georgiev Димитров=dimitrov Петров=petrov Николов=nikolov Тодоров=todorov Стоянов=stoyanov Ангелов=angelov',
    trades: 'Логистика,Машини,Софтуер,Храни,Химия,Строй,Медикал,Търговия,Енергия,Текстил,Опаковки,Консулт',
    streets: 'бул. Витоша {n} | ул. Раковска {n} | ул. Индустриална {n} | бул. България {n}',
    coined: [
      'Балкан=balkan Тракия=trakia Дунав=dunav Рила=rila Пирин=pirin Сред=sred Юго=yugo Нов=nov',
      'тех=teh пром=prom инвест=invest комерс=komers експорт=eksport груп=grup строй=stroy трейд=treyd',
    ],
  },
  ja: {
    given:
      '太郎=taro 花子=hanako 健一=kenichi 美咲=misaki 翔太=shota 陽子=yoko 大輔=daisuke 直美=naomi 誠=makoto 由美子=yumiko',
    family:
      '佐藤=sato 鈴木=suzuki 高橋=takahashi 田中=tanaka 伊藤=ito 渡辺=watanabe 山本=yamamoto 中村=nakamura 小林=kobayashi 加藤=kato 吉田=yoshida 山田=yamada',
    trades: '物流,機械,ソフトウェア,食品,化学,建設,医療機器,商事,電力,繊維,印刷,コンサルティング',
    streets: '丸の内2丁目{n}番1号 | 本町5丁目{n}番10号 | 栄3丁目{n}番7号 | 中央8丁目{n}番4号',
    familyFirst: true,
    coined: [
      '東=azuma 西=nishi 新=shin 大=dai 三=mitsu 富士=fuji 日=hi 光=hikari 北=kita 丸=maru',
      '和=wa 栄=ei 洋=yo 信=shin 光=ko 陽=yo 協=kyo 都=to 進=shin 成=sei',
    ],
  },
  zh: {
    given: '伟=wei 芳=fang 娜=na 敏=min 静=jing 磊=lei 洋=yang 艳=yan 勇=yong 杰=jie',
    family: '王=wang 李=li 张=zhang 刘=liu 陈=chen 杨=yang 赵=zhao 黄=huang 周=zhou 吴=wu',
    trades: '物流,机械,软件,食品,化工,建筑,医疗器械,贸易,能源,纺织,包装,咨询',
    streets: '人民路{n}号 | 中山路{n}号 | 解放大道{n}号 | 科技园路{n}号',
    familyFirst: true,
    coined: [
      '宏=hong 华=hua 金=jin 天=tian 东=dong 海=hai 新=xin 鼎=ding 恒=heng 瑞=rui 盛=sheng 博=bo',
      '达=da 泰=tai 源=yuan 通=tong 远=yuan 丰=feng 信=xin 诚=cheng 联=lian 辉=hui 隆=long 安=an',
    ],
  },
  ko: {
    given:
      '민준=minjun 서연=seoyeon 지훈=jihoon 수빈=subin 현우=hyunwoo 지은=jieun 성민=sungmin 유진=yujin 동현=donghyun 은지=eunji',
    family: '김=kim 이=lee 박=park 최=choi 정=jung 강=kang 조=cho 윤=yoon 장=jang 임=lim',
    trades: '물류,기계,소프트웨어,식품,화학,건설,의료기기,상사,에너지,섬유,포장,컨설팅',
    streets: '테헤란로 {n} | 세종대로 {n} | 중앙로 {n} | 산업단지로 {n}',
    familyFirst: true,
    coined: [
      '한=han 대=dae 동=dong 신=shin 우=woo 태=tae 세=se 진=jin 미=mi 현=hyun',
      '성=sung 양=yang 광=kwang 원=won 일=il 진=jin 림=lim 산=san 화=hwa 보=bo',
    ],
  },
};
