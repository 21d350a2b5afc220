import { readSettings } from '@trainer/contract/settings';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { noFile, ours, readTopLevel, tables, unknownIn } from './tables.ts';

/** Fixed by the image: the owner maps ports and folders instead. */
const CONTAINERS_OWN = ['HOST', 'PORT', 'DATA_DIR'];

const composeSchema = z.object({
  services: z.record(
    z.string(),
    z.object({ environment: z.record(z.string(), z.string()).optional(), env_file: z.unknown().optional() }),
  ),
});

describe('compose.yaml', () => {
  const { services } = composeSchema.parse(parse(readTopLevel('compose.yaml'), { merge: true }));

  it.each([
    ['control-plane', tables.controlPlane],
    ['runner', tables.runner],
    ['runner-cuda', tables.runner],
  ])(
    'gives the service %s only variables that its program knows, with values that it takes',
    (name, table) => {
      const env = ours(services[name]?.environment ?? {});
      expect(unknownIn(Object.keys(env), table)).toEqual([]);
      expect(() => readSettings(table, plainValues(env), () => 'from a file')).not.toThrow();
    },
  );

  it('keeps the keys of sources from the control plane', () => {
    expect(services['control-plane']?.env_file).toBeUndefined();
    const settable = Object.entries(tables.controlPlane).filter(([name]) => !CONTAINERS_OWN.includes(name));
    for (const [name] of settable) {
      expect(services['control-plane']?.environment?.[name], name).toBe(`\${${name}:-}`);
    }
  });

  it('asks the owner only for variables of the tables', () => {
    const asked = [...readTopLevel('compose.yaml').matchAll(/\$\{([A-Z0-9_]+)/g)].map(
      ([, name = '']) => name,
    );
    expect(asked.filter((name) => !isKnown(name))).toEqual([]);
  });
});

describe('Dockerfile.runner', () => {
  it('sets only variables of the table of the program that each image runs', () => {
    const images = [
      ...readTopLevel('Dockerfile.runner').matchAll(/^FROM \S+ AS (\S+)$([\s\S]*?)(?=^FROM |$(?![\s\S]))/gm),
    ];
    const running = images.filter(([, , lines = '']) => /^CMD /m.test(lines));
    expect(running.map(([, name]) => name).sort()).toEqual(['control-plane', 'cpu', 'cuda']);
    for (const [, name = '', lines = ''] of running) {
      const table = name === 'control-plane' ? tables.controlPlane : tables.runner;
      const env = ours(environmentOf(lines));
      expect(unknownIn(Object.keys(env), table), name).toEqual([]);
      expect(() => readSettings(table, env, noFile), name).not.toThrow();
    }
  });
});

function isKnown(name: string): boolean {
  return Object.values(tables).some((table) => unknownIn([name], table).length === 0);
}

/** `${NAME:-value}` as compose fills it in when the owner says nothing. */
function plainValues(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, value.replace(/\$\{[A-Z0-9_]+:-([^}]*)\}/g, '$1')]),
  );
}

/** The `ENV NAME=value …` instructions of one image, with their continued lines. */
function environmentOf(lines: string): Record<string, string> {
  const instructions = lines.replaceAll('\\\n', ' ').match(/^ENV .*$/gm) ?? [];
  return Object.fromEntries(
    instructions.flatMap((line) =>
      [...line.matchAll(/([A-Z0-9_]+)=(\S+)/g)].map(([, name, value]) => [name, value]),
    ),
  );
}
