/** Letters of other scripts and how they are written in Latin ones: pairs of a letter and its letters, one script a line. */
const table = `
а a б b в v г g д d е e ж zh з z и i к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh щ shch ъ - ы y ь - э e ю yu я ya є ie і i ґ g ў u ђ dj ј j љ lj њ nj ћ c џ dz ѓ gj ќ kj ѕ dz ә a ғ g қ q ң n ө o ұ u ү u һ h
α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s τ t υ y φ f χ ch ψ ps ω o
ა a ბ b გ g დ d ე e ვ v ზ z თ t ი i კ k ლ l მ m ნ n ო o პ p ჟ zh რ r ს s ტ t უ u ფ p ქ k ღ gh ყ q შ sh ჩ ch ც ts ძ dz წ ts ჭ ch ხ kh ჯ j ჰ h
ա a բ b գ g դ d ե e զ z է e ը y թ t ժ zh ի i լ l խ kh ծ ts կ k հ h ձ dz ղ gh ճ ch մ m յ y ն n շ sh ո o չ ch պ p ջ j ռ r ս s վ v տ t ր r ց ts ւ v փ p ք k օ o ֆ f
`;

const letters: ReadonlyMap<string, string> = new Map(
  table
    .trim()
    .split('\n')
    .flatMap((line) => {
      const signs = line.split(' ');
      return signs.flatMap((sign, i): [string, string][] => {
        const [plain] = signs.slice(i + 1);
        return i % 2 === 0 && plain !== undefined ? [[sign, plain === '-' ? '' : plain]] : [];
      });
    }),
);

/** Greek letters that together sound like others than each for itself. */
const digraphs: readonly (readonly [RegExp, string])[] = [
  [/ου/g, 'u'],
  [/(?<=[αε])υ(?=[θκξπστφχψ]|$)/g, 'f'],
  [/(?<=[αε])υ/g, 'v'],
  [/(?<=^| )μπ/g, 'b'],
  [/(?<=^| )ντ/g, 'd'],
  [/(?<=^| )γκ/g, 'g'],
  [/γ(?=[γκξχ])/g, 'n'],
];

/**
 * A folded text with Cyrillic, Greek, Georgian and Armenian letters written in Latin ones, about as they sound; those of
 * other scripts stay.
 */
export function latin(folded: string): string {
  // Most texts are Latin already.
  if (!/[\u0370-\u058f\u10d0-\u10ff]/.test(folded)) return folded;
  const greek = digraphs.reduce((text, [from, to]) => text.replace(from, to), folded);
  return greek.replace(/[\u0370-\u058f\u10d0-\u10ff]/g, (letter) => letters.get(letter) ?? letter);
}
