/** From free text to the enums of stash-boxes: the enum's word, then what else means it. */
export type Vocabulary = Readonly<Record<string, readonly string[]>>;

export const genders: Vocabulary = {
  FEMALE: ['f', 'woman', 'cis female'],
  MALE: ['m', 'man', 'cis male'],
  TRANSGENDER_FEMALE: [
    'trans female',
    'transgender woman',
    'trans woman',
    'transwoman',
    'transsexual female',
    'male to female',
    'mtf',
  ],
  TRANSGENDER_MALE: [
    'trans male',
    'transgender man',
    'trans man',
    'transman',
    'transsexual male',
    'female to male',
    'ftm',
  ],
  INTERSEX: [],
  NON_BINARY: ['nonbinary', 'enby', 'genderqueer'],
};

export const ethnicities: Vocabulary = {
  CAUCASIAN: ['white', 'european'],
  BLACK: ['african', 'african american', 'ebony'],
  ASIAN: [],
  INDIAN: [],
  LATIN: ['latina', 'latino', 'latinx', 'hispanic'],
  MIDDLE_EASTERN: ['arab', 'arabic'],
  MIXED: ['mixed race', 'multiracial', 'biracial'],
  OTHER: [],
};

export const eyeColors: Vocabulary = {
  BLUE: [],
  BROWN: ['dark brown', 'light brown'],
  GREY: ['gray'],
  GREEN: [],
  HAZEL: [],
  RED: [],
};

export const hairColors: Vocabulary = {
  BLONDE: ['blond', 'fair'],
  BRUNETTE: ['brown', 'brunet', 'dark brown', 'light brown'],
  BLACK: [],
  RED: ['redhead', 'ginger'],
  AUBURN: [],
  GREY: ['gray', 'silver'],
  BALD: ['shaved'],
  VARIOUS: ['multi', 'multicolored', 'multicoloured'],
  WHITE: [],
  OTHER: [],
};

/** The enum's word for a text, whatever its case and punctuation; null when there is none. */
export function translate(text: string | null | undefined, vocabulary: Vocabulary): string | null {
  const words = plainWords(text ?? '');
  const found = Object.entries(vocabulary).find(
    ([word, others]) => plainWords(word) === words || others.includes(words),
  );
  return found?.[0] ?? null;
}

function plainWords(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}]+/gu, ' ')
    .trim();
}
