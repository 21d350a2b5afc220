import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { sha256Of } from '../../../../testing/announce-version.ts';
import { createNodeApp } from '../../../../testing/create-node-app.ts';
import { runCommand } from '../../../../testing/run-command.ts';
import { seedHistory } from '../../../../testing/seed-history.ts';

const root = mkdtempSync(join(tmpdir(), 'control-plane-cli-'));
afterAll(() => rmSync(root, { recursive: true }));

/** A control plane that has seen something, and a backup of it. */
const source = join(root, 'source');
const backup = join(root, 'backup.gz');
const secrets: string[] = [];
beforeAll(async () => {
  const app = await appIn(source);
  await seedHistory({ admin: app.as('admin'), runner: app.as('runner') });
  await app.as('admin')('POST /api/session', { body: { token: app.tokens.admin } });
  const hook = await app.as('admin')('POST /api/hooks', {
    body: { name: 'phone', kind: 'webhook', address: 'https://example.org/a-path-that-nobody-guesses' },
  });
  secrets.push(
    'a-path-that-nobody-guesses',
    hook.secret ?? '',
    ...columnIn(source, 'hooks', 'address', 'secret'),
  );
  const { out: link } = await runCommand(['login-link'], { DATA_DIR: source });
  secrets.push(...Object.values(app.tokens), link.split('code=')[1]?.trim() ?? '');
  for (const table of ['tokens', 'sessions', 'login_codes']) secrets.push(...columnIn(source, table, 'hash'));
  expect(await runCommand(['backup', backup], { DATA_DIR: source })).toMatchObject({ code: 0, err: '' });
  await app.close();
});

let target = '';
const restore = (file: string, ...more: string[]) =>
  runCommand(['restore', file, ...more], { DATA_DIR: target });
beforeEach(() => {
  target = mkdtempSync(join(root, 'target-'));
});

function appIn(dataDir: string) {
  mkdirSync(dataDir, { recursive: true });
  return createNodeApp({ databasePath: join(dataDir, 'control-plane.db') });
}

/** What stands in some columns of a table. */
function columnIn(dataDir: string, table: string, ...columns: string[]): string[] {
  const database = new DatabaseSync(join(dataDir, 'control-plane.db'));
  const rows = database.prepare(`SELECT ${columns.join(', ')} FROM ${table}`).all();
  database.close();
  return rows.flatMap((row) => Object.values(row).map(String));
}

/** Every row of a database file. */
function dump(path: string) {
  const database = new DatabaseSync(path);
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all();
  const rows = tables.map(({ name }) => [name, database.prepare(`SELECT * FROM ${name}`).all()]);
  database.close();
  return Object.fromEntries(rows);
}

/** A file beside the backup that holds its text changed. */
function changed(change: (text: string) => string): string {
  const file = join(target, 'changed.gz');
  writeFileSync(file, gzipSync(change(gunzipSync(readFileSync(backup)).toString())));
  return file;
}

describe('the command line', () => {
  it('explains itself: commands, environment and exit codes', async () => {
    const { code, out } = await runCommand(['--help']);
    expect(code).toBe(0);
    for (const words of [
      'backup FILE',
      'restore FILE',
      'login-link',
      'LIBSQL_URL',
      '  3  nothing was changed',
    ]) {
      expect(out).toContain(words);
    }
    expect(await runCommand(['restore', '--help'])).toEqual({ code: 0, out, err: '' });
  });

  it.each([
    [[], 'Name a command.'],
    [['dance'], 'There is no command "dance".'],
    [['toString'], 'There is no command "toString".'],
    [['backup'], 'Name the backup file.'],
    [['restore', 'a', 'b', 'c'], 'Name one file, not also b c.'],
    [['backup', 'a', '--replace'], "Unknown option '--replace'."],
    [['restore', 'missing.gz'], /^missing\.gz cannot be read: ENOENT/],
  ])('refuses %j, and says what to do', async (args, sentence) => {
    const { code, out, err } = await runCommand(args, { DATA_DIR: target });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(sentence);
    expect(err).toContain('--help');
  });

  it('names a wrong setting, and what failed in the end', async () => {
    expect(await runCommand(['backup', 'x'], { PORT: 'http' })).toMatchObject({
      code: 2,
      err: expect.stringContaining('PORT: expected a port number'),
    });
    const nobody = { DATA_DIR: target, LIBSQL_URL: 'http://127.0.0.1:9' };
    expect(await runCommand(['backup', join(target, 'x')], nobody)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/fetch failed/),
    });
  });
});

describe('a backup', () => {
  it('says what it holds and what it does not, and is for its owner alone', async () => {
    const file = join(target, 'b.gz');
    const { code, out } = await runCommand(['backup', file], { DATA_DIR: source });
    expect(code).toBe(0);
    expect(out).toMatch(
      /holds config revisions: 2, versions: 1, artifacts: 2, runs: 3, .* \(schema \d+, \d+ bytes\)/,
    );
    expect(out).toContain('tokens: secret; new ones are made');
    expect(readdirSync(target)).toEqual(['b.gz']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('holds no secret, and no hash of one', () => {
    const text = gunzipSync(readFileSync(backup)).toString();
    expect(secrets.length).toBeGreaterThan(8);
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(20);
      expect(text).not.toContain(secret);
    }
  });

  it('writes over nothing, and leaves nothing half done', async () => {
    expect(await runCommand(['backup', backup], { DATA_DIR: source })).toMatchObject({
      code: 3,
      err: expect.stringContaining('exists already: take another name'),
    });
    expect(await runCommand(['backup', join(target, 'b.gz')], { DATA_DIR: target })).toMatchObject({
      code: 2,
      err: expect.stringContaining('There is no database'),
    });
    const foreign = new DatabaseSync(join(target, 'control-plane.db'));
    foreign.exec('CREATE TABLE recipes (x)');
    foreign.close();
    expect(await runCommand(['backup', join(target, 'b.gz')], { DATA_DIR: target })).toMatchObject({
      code: 1,
      err: expect.stringContaining('not a control plane’s'),
    });
    expect(readdirSync(target).filter((name) => name.startsWith('b.gz'))).toEqual([]);
  });
});

describe('restoring', () => {
  it('says what came, which files of versions are missing, and what to do next', async () => {
    const { code, out, err } = await restore(backup);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^Restored config revisions: 2, .*, as of 20\d\d-.*Z\.$/m);
    expect(out).toMatch(/^ {2}2026\.01\.01: release-2026\.01\.01\.zip, manifest\.json$/m);
    expect(out).toMatch(/Start the control plane: ADMIN_TOKEN opens it, or the link/);
    expect(readdirSync(target)).toEqual(['control-plane.db']);
  });

  it('takes the tokens of the database before away', async () => {
    writeFileSync(join(target, 'admin-token'), 'old');
    writeFileSync(join(target, 'runner-token'), 'old');
    expect(await restore(backup)).toMatchObject({ code: 0 });
    expect(readdirSync(target)).toEqual(['control-plane.db']);
  });

  it('leaves hooks without addresses, and turned off', async () => {
    expect(await restore(backup)).toMatchObject({ code: 0 });
    const app = await createNodeApp({ databasePath: join(target, 'control-plane.db') });
    onTestFinished(app.close);
    const admin = app.as('admin');
    const [hook] = await admin('GET /api/hooks');
    expect(hook).toMatchObject({ name: 'phone', enabled: false });
    expect(JSON.stringify(hook)).toContain('A backup holds neither address nor secret: enter them again.');
    const tried = await admin('POST /api/hooks/{id}/test', { params: { id: 1 } });
    expect(JSON.stringify(tried)).toContain('enter it again, with its secret');
  });

  it('replaces what is there only when told to, and keeps it', async () => {
    expect(await restore(backup)).toMatchObject({ code: 0 });
    const before = dump(join(target, 'control-plane.db'));
    expect(await restore(backup)).toMatchObject({
      code: 3,
      err: expect.stringMatching(/holds config revisions: 2, .* or add --replace/),
    });
    expect(dump(join(target, 'control-plane.db'))).toEqual(before);
    const { code, out } = await restore(backup, '--replace');
    expect(code).toBe(0);
    const kept = /kept as (\S+)\.$/m.exec(out)?.[1] ?? '';
    expect(kept).toMatch(/control-plane\.db\.before-\d{8}T\d{6}Z$/);
    expect(dump(kept)).toEqual(before);
  });

  it.runIf(process.getuid?.() === 0)('as root leaves a file to the owner of its folder', async () => {
    chownSync(target, 1234, 5678);
    expect(await restore(backup)).toMatchObject({ code: 0 });
    expect(statSync(join(target, 'control-plane.db'))).toMatchObject({ uid: 1234, gid: 5678 });
  });

  it('goes into a database that was started and not used', async () => {
    await (await appIn(target)).close();
    expect(await restore(backup)).toMatchObject({ code: 0 });
  });

  it('keeps its hands off a database that is in use', async () => {
    const app = await appIn(target);
    onTestFinished(app.close);
    expect(await restore(backup, '--replace')).toMatchObject({
      code: 3,
      err: expect.stringContaining('control-plane.db is in use: stop the control plane first.'),
    });
    expect(await app.as('admin')('GET /api/runs', { query: {} })).toEqual([]);
  });

  it.each([
    ['a text file', () => 'hello', /is not a backup of a control plane/],
    ['a compressed text', () => gzipSync('hello\nworld\n'), /is not a backup of a control plane/],
    ['an empty file', () => '', /ends too early/],
    ['an archive of something else', () => gzipSync('{"format": "tar"}\n'), /is not a backup/],
  ])('refuses %s', async (_, bytes, sentence) => {
    const file = join(target, 'file');
    writeFileSync(file, bytes());
    expect(await restore(file)).toMatchObject({ code: 3, err: expect.stringMatching(sentence) });
    expect(existsSync(join(target, 'control-plane.db'))).toBe(false);
  });

  it('refuses a file that was cut off, wherever', async () => {
    const whole = readFileSync(backup);
    for (const share of [0.01, 0.3, 0.6, 0.99]) {
      const file = join(target, 'cut.gz');
      writeFileSync(file, whole.subarray(0, Math.floor(whole.length * share)));
      expect(await restore(file)).toMatchObject({ code: 3, err: expect.stringContaining('ends too early') });
    }
    const lines = changed((text) => text.split('\n').slice(0, -2).join('\n').concat('\n'));
    expect(await restore(lines)).toMatchObject({ code: 3, err: expect.stringContaining('ends too early') });
    expect(existsSync(join(target, 'control-plane.db'))).toBe(false);
  });

  it('refuses a file that was damaged or changed', async () => {
    const bytes = readFileSync(backup);
    bytes.writeUInt8((bytes.at(-200) ?? 0) ^ 0xff, bytes.length - 200);
    const file = join(target, 'damaged.gz');
    writeFileSync(file, bytes);
    const sentence = /(is damaged: .*|ends too early: .*)Nothing was changed; take another backup/;
    expect(await restore(file)).toMatchObject({ code: 3, err: expect.stringMatching(sentence) });
    const renamed = changed((text) => text.replace('Ada Example', 'Eve Example'));
    expect(await restore(renamed)).toMatchObject({
      code: 3,
      err: expect.stringMatching(/is damaged: its rows/),
    });
    const shorter = changed((text) => text.replace(/^\[1,"completed".*\n/m, ''));
    expect(await restore(shorter)).toMatchObject({
      code: 3,
      err: expect.stringMatching(/is damaged: its rows/),
    });
    expect(existsSync(join(target, 'control-plane.db'))).toBe(false);
  });

  it.each([
    [
      'format',
      /"format_version":1/,
      '"format_version":2',
      /newer stash-sense-trainer \(format 2, .* up to 1\)/,
    ],
    ['schema', /"schema":\d+/, '"schema":9999', /has schema 9999, .* restore it with that one/i],
  ])('refuses a newer %s with a sentence', async (_, from, to, sentence) => {
    const file = changed((text) => {
      const body = text.replace(from, to).replace(/[^\n]*\n$/, '');
      const hash = sha256Of(new TextEncoder().encode(body));
      return body + text.slice(text.trimEnd().lastIndexOf('\n') + 1).replace(/[0-9a-f]{64}/, hash);
    });
    expect(await restore(file)).toMatchObject({ code: 3, err: expect.stringMatching(sentence) });
  });

  it('leaves the database as it was when it fails half way', async () => {
    await (await appIn(target)).close();
    // Where the new one would be built.
    mkdirSync(join(target, 'control-plane.db.restoring'));
    const before = dump(join(target, 'control-plane.db'));
    expect(await restore(backup)).toMatchObject({ code: 1 });
    expect(dump(join(target, 'control-plane.db'))).toEqual(before);
  });
});
