import { readSettings } from '@trainer/contract/settings';
import { describe, expect, it } from 'vitest';
import { noFile, ours, readTopLevel, tables, unknownIn } from './tables.ts';
import { readTemplate } from './unraid-template.ts';

describe('unraid-template.xml', () => {
  const { text, elements, configs } = readTemplate(readTopLevel('unraid-template.xml'));
  const variables = configs.filter(({ Type }) => Type === 'Variable');

  it('is well-formed, each Config on one line', () => {
    expect(text.match(/<Config /g)).toHaveLength(configs.length);
    expect(text.match(/^ {2}<Config [^\n]*<\/Config>$/gm)).toHaveLength(configs.length);
  });

  it('names only variables of the runner, each once', () => {
    const names = variables.map(({ Target }) => Target);
    expect(unknownIn(names, tables.runner)).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('masks every secret, and nothing else', () => {
    for (const { Target, Mask } of variables) {
      expect(`${Target} ${Mask}`).toBe(`${Target} ${Boolean(tables.runner[Target]?.secret)}`);
    }
  });

  it('leaves optional fields empty, because unRAID brings a default back when somebody clears the field', () => {
    for (const { Name, Default, value } of configs.filter(({ Required }) => Required === 'false')) {
      expect({ Name, Default, value }).toEqual({ Name, Default: '', value: '' });
    }
  });

  it('shows the value that a field begins with as its default', () => {
    for (const { Name, Default, value } of configs) expect(Default.split('|')[0], Name).toBe(value);
  });

  it('gives values that the runner takes', () => {
    const env = ours(Object.fromEntries(variables.map(({ Target, value }) => [Target, value])));
    expect(() => readSettings(tables.runner, env, noFile)).not.toThrow();
  });

  it('keeps what unRAID and its application store write themselves out of it', () => {
    for (const name of ['DateInstalled', 'Networking', 'Data', 'Environment', 'PostArgs', 'WebUI']) {
      expect(elements).not.toHaveProperty(name);
    }
    expect(configs.map(({ Target }) => Target)).not.toContain('TZ');
    expect(text).not.toMatch(/--restart|Converted By Community Applications/);
  });

  it('says what the store asks for, in text that its renderer leaves whole', () => {
    for (const name of [
      'Name',
      'Repository',
      'Registry',
      'Support',
      'Project',
      'Overview',
      'Category',
      'TemplateURL',
      'Icon',
    ]) {
      expect(elements[name], name).toMatch(/^\S[^\n]*\S$/);
    }
    expect(elements.Overview).not.toMatch(/[[\]<]/);
    expect(elements.Name).not.toMatch(/\s/);
  });

  it('names no private address, and only the usual folder for application data', () => {
    expect(text).not.toMatch(/\b(192\.168|10\.\d+|172\.(1[6-9]|2\d|3[01]))\.\d+\.\d+/);
    const folders = configs.filter(({ Type, value }) => Type === 'Path' && value !== '');
    for (const { value } of folders) expect(value).toBe(`/mnt/user/appdata/${elements.Name}`);
  });
});
