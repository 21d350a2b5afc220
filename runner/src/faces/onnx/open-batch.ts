import { type Field, readFields, replaceFields, varint, writeFields } from './protobuf.ts';

// Field numbers of onnx.proto (ModelProto, GraphProto, ValueInfoProto, TensorProto).
const modelGraph = 7;
const graph = { initializer: 5, input: 11, output: 12, valueInfo: 13 };
const tensor = { int64Data: 7, name: 8, rawData: 9 };
const lengthDelimited = 2;

/**
 * Rewrites an ONNX file whose batch is fixed at 1 so that it takes any batch: the first dimension of inputs and outputs gets a
 * name, shape hints of inner values go, and the named reshape constants turn from [1, -1] into [-1, n]. Only the shape
 * changes: any batch gives the numbers that single runs give.
 *
 * @throws Error when the file lacks what it is told to rewrite
 */
export function openBatch(model: Uint8Array, reshapes: string[]): Uint8Array {
  return writeFields(
    replaceFields(readFields(model), modelGraph, (bytes) => openGraph(readFields(bytes), reshapes)),
  );
}

function openGraph(fields: Field[], reshapes: string[]): Uint8Array {
  const width = outputWidth(fields);
  const found = new Set<string>();
  let opened = fields.filter((field) => field.number !== graph.valueInfo);
  for (const number of [graph.input, graph.output])
    opened = replaceFields(opened, number, nameFirstDimension);
  opened = replaceFields(opened, graph.initializer, (bytes) => {
    const parts = readFields(bytes);
    const name = textOf(parts, tensor.name);
    if (!reshapes.includes(name)) return bytes;
    found.add(name);
    return openReshape(parts, width);
  });
  const lacking = reshapes.filter((name) => !found.has(name));
  if (lacking.length > 0)
    throw new Error(`the model has no constant ${lacking.join(', ')} to open its batch with`);
  return writeFields(opened);
}

function openReshape(parts: Field[], width: bigint): Uint8Array {
  const shape = Buffer.alloc(16);
  shape.writeBigInt64LE(-1n, 0);
  shape.writeBigInt64LE(width, 8);
  const rest = parts.filter((field) => field.number !== tensor.rawData && field.number !== tensor.int64Data);
  return writeFields([...rest, { number: tensor.rawData, wire: lengthDelimited, bytes: shape }]);
}

/** ValueInfo.type(2).tensor_type(1).shape(2).dim(1)[0] becomes dim_param(2) "batch". */
function nameFirstDimension(valueInfo: Uint8Array): Uint8Array {
  return inside(valueInfo, [2, 1, 2], (shape) => {
    let first = true;
    return replaceFields(shape, 1, (dimension) => {
      if (!first) return dimension;
      first = false;
      return writeFields([{ number: 2, wire: lengthDelimited, bytes: Buffer.from('batch') }]);
    });
  });
}

function inside(bytes: Uint8Array, path: number[], change: (fields: Field[]) => Field[]): Uint8Array {
  const [next, ...rest] = path;
  const fields = readFields(bytes);
  if (next === undefined) return writeFields(change(fields));
  return writeFields(replaceFields(fields, next, (inner) => inside(inner, rest, change)));
}

/** The last dimension of the graph's (only) output. */
function outputWidth(fields: Field[]): bigint {
  let bytes = fields.find((field) => field.number === graph.output)?.bytes ?? new Uint8Array();
  for (const number of [2, 1, 2])
    bytes = readFields(bytes).find((f) => f.number === number)?.bytes ?? new Uint8Array();
  const last = readFields(bytes)
    .filter((field) => field.number === 1)
    .at(-1);
  const value = last && readFields(last.bytes).find((field) => field.number === 1);
  if (!value) throw new Error('the model does not say how wide its output is');
  return varint(value.bytes, 0).value;
}

function textOf(fields: Field[], number: number): string {
  return Buffer.from(fields.find((field) => field.number === number)?.bytes ?? []).toString('utf8');
}
