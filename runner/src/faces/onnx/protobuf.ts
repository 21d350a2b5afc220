/** One field of a protobuf message; `bytes` are its payload without tag and length. */
export interface Field {
  number: number;
  /** 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes. */
  wire: number;
  bytes: Uint8Array;
}

/**
 * Splits one level of a message into its fields, without copying. This and `writeFields` are all we need to change a few
 * values in a file whose schema stays unknown; a schema library would parse and re-encode every weight.
 *
 * @throws Error when the bytes are not a message
 */
export function readFields(message: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  while (at < message.length) {
    const tag = varint(message, at);
    const wire = Number(tag.value & 7n);
    const { start, end } = payload(message, tag.next, wire);
    if (end > message.length)
      throw new Error(`protobuf field at byte ${at} runs past the end of its message`);
    fields.push({ number: Number(tag.value >> 3n), wire, bytes: message.subarray(start, end) });
    at = end;
  }
  return fields;
}

/** The message made of `fields`, in their order. */
export function writeFields(fields: Field[]): Uint8Array {
  return Buffer.concat(
    fields.flatMap(({ number, wire, bytes }) => {
      const tag = encodeVarint((number << 3) | wire);
      return wire === 2 ? [tag, encodeVarint(bytes.length), bytes] : [tag, bytes];
    }),
  );
}

/** The same fields with the payload of every field `number` changed. */
export function replaceFields(
  fields: Field[],
  number: number,
  change: (bytes: Uint8Array) => Uint8Array,
): Field[] {
  return fields.map((field) => (field.number === number ? { ...field, bytes: change(field.bytes) } : field));
}

/** The base-128 number at `at`, and where it ends. */
export function varint(bytes: Uint8Array, at: number): { value: bigint; next: number } {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = bytes[at++];
    if (byte === undefined) break;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return { value, next: at };
  }
  throw new Error(`no protobuf number at byte ${at}`);
}

function payload(message: Uint8Array, at: number, wire: number): { start: number; end: number } {
  if (wire === 0) return { start: at, end: varint(message, at).next };
  if (wire === 1) return { start: at, end: at + 8 };
  if (wire === 5) return { start: at, end: at + 4 };
  if (wire !== 2) throw new Error(`protobuf wire type ${wire} at byte ${at} is not one that ONNX uses`);
  const length = varint(message, at);
  return { start: length.next, end: length.next + Number(length.value) };
}

function encodeVarint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 128);
  }
  return Uint8Array.from([...bytes, rest]);
}
