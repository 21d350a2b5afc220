import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshFolder } from '../../testing/catalog/fresh-folder.ts';
import { readJsonMembers } from './read-json.ts';

async function membersOf(text: string): Promise<string[]> {
  const path = join(freshFolder(), 'faces.json');
  writeFileSync(path, text);
  const members: string[] = [];
  for await (const batch of readJsonMembers(path)) members.push(...batch);
  return members;
}

describe('readJsonMembers', () => {
  it.each<[text: string, members: string[]]>([
    ['[]', []],
    [' [ "a" , null,\n"b,]\\"{" ] ', ['"a"', 'null', '"b,]\\"{"']],
    ['{"a":{"x":[1,2]},"b":"\\\\"}', ['"a":{"x":[1,2]}', '"b":"\\\\"']],
  ])('splits %s', async (text, members) => {
    expect(await membersOf(text)).toEqual(members);
  });

  it('joins members that the pieces of a large file cut through', async () => {
    const values = Array.from({ length: 20_000 }, (_, i) => `stashdb.org:ä-${i}`);
    expect((await membersOf(JSON.stringify(values))).map((text) => JSON.parse(text))).toEqual(values);
  });

  it('says which file is cut off', async () => {
    await expect(membersOf('["a", "b"')).rejects.toThrow('faces.json is not a complete JSON list or object');
  });
});
