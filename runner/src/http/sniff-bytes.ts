/** How the pictures begin that sites send: JPEG, PNG, GIF, WebP. */
const pictureMagics = [
  [0xff, 0xd8, 0xff],
  [0x89, 0x50, 0x4e, 0x47],
  [0x47, 0x49, 0x46, 0x38],
  [0x52, 0x49, 0x46, 0x46],
];
/** AVIF and HEIC say `ftyp` behind the length of their first box. */
const ftyp = [0x66, 0x74, 0x79, 0x70];

/** With fewer characters than this, compressed bytes may look like text by chance; with 16 that is 1 in 4 million. */
const TEXT_MIN_BYTES = 16;
const TEXT_LOOKED_AT_BYTES = 64;

/** Whether the bytes are certainly a picture or text (HTML, JSON, …) as it is, and not the output of a compressor. */
export function isNotCompressed(bytes: Uint8Array): boolean {
  if (pictureMagics.some((magic) => bytes.byteLength > magic.length && startsWith(bytes, magic))) return true;
  if (bytes.byteLength > 8 && startsWith(bytes.subarray(4), ftyp)) return true;
  const text = bytes.subarray(startsWith(bytes, [0xef, 0xbb, 0xbf]) ? 3 : 0, TEXT_LOOKED_AT_BYTES);
  return text.byteLength >= TEXT_MIN_BYTES && text.every(isPrintable);
}

/** Whether the bytes begin with `magic`, as far as there are bytes. */
export function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => i >= bytes.byteLength || bytes[i] === byte);
}

/** ASCII that stands in text: letters, digits, signs, tab, line feed, carriage return. */
function isPrintable(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
