/** Letters that Unicode does not take apart. */
const UNDIVIDED: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

/** The text with Latin letters in their plain form: `Zoë Łuk` becomes `Zoe Luk`. Other scripts stay as they are. */
export function foldToAscii(text: string): string {
  return text
    .replace(/[ßæœøłđðþı]/giu, (letter) => matchCase(letter, UNDIVIDED[letter.toLowerCase()] ?? letter))
    .normalize('NFKD')
    .replace(/(?<=\p{Script=Latin})\p{Mn}+/gu, '')
    .replace(/[‘’ʼ`´]/g, "'")
    .normalize('NFC');
}

/** Whether every letter is a Latin one: of other scripts no slug can be made. */
export function isLatin(text: string): boolean {
  return /\p{L}/u.test(text) && !/(?!\p{Script=Latin})\p{L}/u.test(text.normalize('NFKC'));
}

function matchCase(original: string, plain: string): string {
  if (original === original.toLowerCase()) return plain;
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}
