import { describe, expect, it } from 'vitest';
import { openBatch } from './open-batch.ts';
import { type Field, readFields, writeFields } from './protobuf.ts';

const number = (field: number, value: number): Field => ({
  number: field,
  wire: 0,
  bytes: Uint8Array.of(value),
});
const message = (field: number, parts: Field[]): Field => ({
  number: field,
  wire: 2,
  bytes: writeFields(parts),
});
const text = (field: number, value: string): Field => ({ number: field, wire: 2, bytes: Buffer.from(value) });

/** An ONNX value of float32 with these dimensions, as field `field` of a graph. */
function value(field: number, name: string, dimensions: number[]): Field {
  const shape = message(
    2,
    dimensions.map((size) => message(1, [number(1, size)])),
  );
  return message(field, [text(1, name), message(2, [message(1, [number(1, 1), shape])])]);
}

function reshapeConstant(name: string): Field {
  const shape = Buffer.alloc(16);
  shape.writeBigInt64LE(1n, 0);
  shape.writeBigInt64LE(-1n, 8);
  return message(5, [number(1, 2), number(2, 7), text(8, name), { number: 9, wire: 2, bytes: shape }]);
}

const model = writeFields([
  number(1, 7),
  message(7, [
    value(11, 'input', [1, 3, 112, 112]),
    value(12, 'output', [1, 64]),
    value(13, 'inner', [1, 9]),
    reshapeConstant('703'),
    reshapeConstant('900'),
  ]),
]);

/** The bytes at the end of a path of field numbers. */
function dig(bytes: Uint8Array, path: number[]): Uint8Array[] {
  const [next, ...rest] = path;
  if (next === undefined) return [bytes];
  return readFields(bytes)
    .filter((field) => field.number === next)
    .flatMap((field) => dig(field.bytes, rest));
}

describe('openBatch', () => {
  const opened = openBatch(model, ['703']);

  it.each([
    ['input', 11, 3],
    ['output', 12, 1],
  ])('names the first dimension of the %s and leaves the others', (_, field, others) => {
    const dimensions = dig(opened, [7, field, 2, 1, 2, 1]);
    expect(Buffer.from(dig(dimensions[0] ?? new Uint8Array(), [2])[0] ?? []).toString()).toBe('batch');
    expect(dimensions.slice(1).map((one) => readFields(one)[0]?.number)).toEqual(Array(others).fill(1));
  });

  it('drops the hints about inner values', () => {
    expect(dig(opened, [7, 13])).toEqual([]);
  });

  it('turns the named constant from [1, -1] into [-1, width], and no other', () => {
    const shapes = dig(opened, [7, 5, 9]).map((bytes) => {
      const view = Buffer.from(bytes);
      return [view.readBigInt64LE(0), view.readBigInt64LE(8)];
    });
    expect(shapes).toEqual([
      [-1n, 64n],
      [1n, -1n],
    ]);
  });

  it('refuses a model without the constant', () => {
    expect(() => openBatch(model, ['704'])).toThrow('the model has no constant 704 to open its batch with');
  });

  it('refuses bytes that are no model', () => {
    expect(() => openBatch(Buffer.from('<html>not a model</html>'), [])).toThrow(/protobuf/);
  });
});

describe('writeFields', () => {
  it('gives back what readFields took apart', () => {
    const large = writeFields([text(15, 'x'.repeat(300)), number(1, 5)]);
    expect(Buffer.compare(writeFields(readFields(large)), large)).toBe(0);
  });
});
