import { routes } from '@trainer/contract/routes';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { describeApi } from './openapi.ts';

const operation = z.looseObject({
  operationId: z.string(),
  parameters: z.array(z.looseObject({ name: z.string(), in: z.string(), required: z.boolean() })),
  requestBody: z.looseObject({ content: z.record(z.string(), z.unknown()) }).optional(),
  responses: z.record(z.string(), z.looseObject({ description: z.string() })),
  security: z.array(z.unknown()).optional(),
});
const api = z
  .looseObject({ openapi: z.literal('3.1.0'), paths: z.record(z.string(), z.record(z.string(), operation)) })
  .parse(describeApi());

const at = (key: string) => {
  const [method = '', path = ''] = key.split(' ');
  const found = api.paths[path]?.[method.toLowerCase()];
  if (!found) throw new Error(`${key} is not described`);
  return found;
};

it('describes every route once, under a name of its own', () => {
  const names = Object.keys(routes).map((key) => at(key).operationId);
  expect(new Set(names).size).toBe(Object.keys(routes).length);
});

it('says what a route wants and gives', () => {
  const beat = at('POST /api/leases/{task}/heartbeat');
  expect(beat.parameters).toMatchObject([{ name: 'task', in: 'path', required: true }]);
  expect(Object.keys(beat.requestBody?.content ?? {})).toEqual(['application/json']);
  expect(beat.responses['409']?.description).toContain('lease_lost');
  expect(at('GET /api/runs').parameters).toMatchObject([{ name: 'limit', in: 'query', required: false }]);
  expect(at('GET /api/status').security).toEqual([]);
  expect(at('GET /api/runs').security).toBeUndefined();
});

it('is JSON through and through', () => {
  expect(JSON.parse(JSON.stringify(describeApi()))).toEqual(describeApi());
});

it('bounds every list and every dictionary of a request', () => {
  const unbounded: string[] = [];
  const walk = (node: unknown, at: string) => {
    if (typeof node !== 'object' || node === null) return;
    if ('type' in node && node.type === 'array' && !('maxItems' in node)) unbounded.push(at);
    const isDictionary = 'additionalProperties' in node && typeof node.additionalProperties === 'object';
    if (isDictionary && !('maxProperties' in node) && !('properties' in node)) unbounded.push(at);
    for (const [name, inner] of Object.entries(node)) walk(inner, `${at}.${name}`);
  };
  for (const key of Object.keys(routes)) walk(at(key).requestBody, key);
  expect(unbounded).toEqual([]);
});
