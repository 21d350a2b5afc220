import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { newHookSchema } from './hooks.ts';
import { text } from './primitives.ts';
import { newSessionSchema } from './tokens.ts';
import { findUnknownFields, kept, openName, readStored, withUnknown } from './tolerance.ts';

describe('unknown fields', () => {
  const schema = z.object({
    name: text(10).transform((value) => value.trim()),
    inner: kept({ a: z.number().default(1) }).prefault({}),
    list: z.array(z.object({ a: z.number() })).optional(),
    byName: z.record(z.string(), z.object({ a: z.number() })).default({}),
  });

  it.each([
    [{ name: 'x' }, []],
    [{ name: 'x', nmae: 'y' }, ['nmae']],
    [{ inner: { a: 1, b: 2 } }, ['inner.b']],
    [{ list: [{ a: 1 }, { a: 1, b: 2 }] }, ['list.1.b']],
    [{ byName: { x: { a: 1, b: 2 } } }, ['byName.x.b']],
    [{ name: 5, nmae: 1, inner: 'wrong', list: 7 }, ['nmae']],
    [JSON.parse('{"__proto__": 1, "constructor": 2}'), ['__proto__', 'constructor']],
    ['no object', []],
  ])('of %j are %j', (value, paths) => {
    expect(findUnknownFields(schema, value).map((path) => path.join('.'))).toEqual(paths);
  });

  it('are judged by the form that a value has', () => {
    const gotify = { kind: 'gotify', name: 'x', address: 'https://g.test', secret: 's', topic: 'x' };
    expect(findUnknownFields(newHookSchema, gotify)).toEqual([['topic']]);
    expect(findUnknownFields(newSessionSchema, { code: 'a', token: 'b' })).toHaveLength(1);
  });

  it('are no mistake where they are stored already', () => {
    const stored = { inner: { b: 1 } };
    expect(findUnknownFields(schema, { inner: { b: 2, c: 3 }, d: 4 }, stored)).toEqual([
      ['inner', 'c'],
      ['d'],
    ]);
  });
});

describe('what is stored', () => {
  const schema = kept({
    a: z.enum(['x', 'y']).default('x'),
    inner: kept({ n: z.int().default(3) }).prefault({}),
  });

  it('keeps fields of a later release', () => {
    const stored = { a: 'y', b: [1], inner: { m: {} } };
    expect(readStored(schema, stored)).toEqual({
      value: { a: 'y', b: [1], inner: { n: 3, m: {} } },
      unusable: [],
    });
  });

  it('takes the default for a value of a later release, and says where', () => {
    const stored = { a: 'z', inner: { n: 'many' } };
    expect(readStored(schema, stored)).toEqual({
      value: { a: 'x', inner: { n: 3 } },
      unusable: ['a', 'inner.n'],
    });
    expect(stored).toEqual({ a: 'z', inner: { n: 'many' } });
  });

  it('is nothing where it is no object', () => {
    expect(readStored(schema, 7)).toBeNull();
  });
});

it('carries a name that is not known', () => {
  expect(openName(['a', 'b']).parse('c')).toBe('c');
  expect(openName(['a']).safeParse('x'.repeat(65)).success).toBe(false);
});

it('carries unknown fields beside what was read', () => {
  const schema = z.object({ list: z.array(z.object({ a: z.number().default(1) })) });
  const raw = { list: [{ b: 2 }, { a: 3 }], c: null };
  expect(withUnknown(schema.parse(raw), raw)).toEqual({ list: [{ a: 1, b: 2 }, { a: 3 }], c: null });
});
