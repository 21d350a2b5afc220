import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as elapsed } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, hasChromium, openBrowser } from './open-browser.ts';
import { type ControlPlane, startControlPlane } from './programs/control-plane.ts';
import { until } from './programs/until.ts';
import { openTrainer, type Trainer } from './trainer.ts';

const dashboard = resolve(import.meta.dirname, '../dashboard');
const vite = resolve(import.meta.dirname, '../node_modules/vite/bin/vite.js');

describe('the dashboard, as the control plane serves it', () => {
  let trainer: Trainer;

  beforeAll(async () => {
    // Other tests may be serving its files at this moment, so none may vanish.
    const args = [vite, 'build', '--emptyOutDir', 'false'];
    await promisify(execFile)(process.execPath, args, { cwd: dashboard });
    trainer = await openTrainer({ people: 8, runnerEnv: { INFERENCE_WORKERS: '1' } });
  });
  afterAll(() => trainer?.[Symbol.asyncDispose]());

  it('is opened by the link of the first start, once, into a session that scripts cannot read', async () => {
    const [link = ''] =
      trainer
        .controlPlane()
        .output()
        .match(/http:\S+#code=\S+/) ?? [];
    const code = new URLSearchParams(new URL(link).hash.slice(1)).get('code');
    const logIn = () =>
      fetch(`${trainer.url}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ code }),
      });
    const session = await logIn();
    const cookie = session.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    const who = await fetch(`${trainer.url}/api/session`, {
      headers: { cookie: cookie.split(';')[0] ?? '' },
    });
    expect(await who.json()).toMatchObject({ name: 'owner', scope: 'admin' });
    expect((await logIn()).status).toBe(401);
  });

  it.each(['/', '/login', '/runs/1', '/versions'])(
    'gives its page for %s under a strict policy',
    async (path) => {
      const response = await fetch(`${trainer.url}${path}`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch(/^text\/html/);
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/unsafe-|\*/);
      const page = await response.text();
      const files = [...page.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, file = '']) => file);
      expect(files.length).toBeGreaterThan(2);
      for (const file of files) expect((await fetch(`${trainer.url}${file}`)).status, file).toBe(200);
    },
  );

  it('shows a run from its start to its download, live, in a real browser', async ({ skip }) => {
    skip(!hasChromium, `there is no ${CHROMIUM}: apt-get install chromium`);
    trainer.box.slowDown(100);
    await using browser = await openBrowser();
    const { page, complaints } = browser;
    await page.goto(await trainer.controlPlane().loginLink());
    await page.getByRole('link', { name: 'Build' }).click();
    expect(page.url()).not.toContain('code');
    await page.evaluate("window.isStillTheSamePage = 'yes'");

    await page.getByRole('checkbox', { name: /^StashDB/ }).check();
    await page.getByRole('checkbox', { name: /^ThePornDB/ }).uncheck();
    await page.getByLabel('Faces per source').fill('6');
    await page.getByLabel('Model pack').selectOption('starter');
    await page.getByRole('button', { name: 'Start the run' }).click();

    await page.waitForURL(/\/runs\/\d+$/);
    await page.getByText('running', { exact: true }).first().waitFor();
    await page.getByText('completed', { exact: true }).first().waitFor();
    await page.getByText(/is published: 8 performers, 48 faces/).waitFor();

    await page.getByRole('link', { name: 'Versions' }).click();
    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: /^Download/ }).click();
    const download = await downloading;
    const [version] = await trainer.call('GET /api/versions');
    expect(version).toMatchObject({ performers: 8, faces: 48 });
    expect(download.suggestedFilename()).toBe(version?.filename);
    const sha256 = createHash('sha256')
      .update(await readFile(await download.path()))
      .digest('hex');
    expect(version?.artifacts).toContainEqual(expect.objectContaining({ name: version?.filename, sha256 }));

    // Pages that are fetched when they are first opened.
    await page.getByRole('link', { name: 'Reviews' }).click();
    const [doubt] = await trainer.call('GET /api/reviews', { query: {} });
    const card = page.getByRole('article', { name: doubt?.summary });
    await card.focus();
    await page.keyboard.press('d');
    await card.getByText('The next run applies it.').waitFor();
    const { id } = await trainer.build();
    await page.getByLabel('Decided').check();
    await card.getByText(`Applied in run ${id}.`).waitFor();
    await page.getByRole('link', { name: 'Schedules' }).click();
    await page.getByText('No schedules.').waitFor();
    await page.getByRole('link', { name: 'Exclusions' }).click();
    await page.getByText('No exclusions.').waitFor();
    await page.getByRole('link', { name: 'Hooks' }).click();
    await page.getByRole('button', { name: 'New hook' }).click();
    await page.getByLabel('Gotify').check();
    await page.getByLabel('Name').fill('phone');
    await page.getByLabel('Address of the server').fill('http://127.0.0.1:1');
    await page.getByLabel('Application token').fill('A-token');
    await page.getByRole('button', { name: 'Create hook' }).click();
    await page.getByRole('button', { name: 'Test' }).click();
    await page.getByText(/no answer from 127\.0\.0\.1:1: /).waitFor();
    await page.getByRole('link', { name: 'Explain' }).click();
    await page.getByLabel('Id or name').fill('Odalys Fennimore');
    await page.getByRole('button', { name: 'Why is this here?' }).click();
    await page.getByText('Odalys Fennimore is one performer of 1 record with 6 faces.').waitFor();

    expect(await page.evaluate('window.isStillTheSamePage')).toBe('yes');
    expect(complaints).toEqual([]);
  });

  describe('on workerd', () => {
    let dataDir: string;
    let edge: ControlPlane;
    beforeAll(async () => {
      dataDir = await mkdtemp(join(tmpdir(), 'edge-'));
      edge = await startControlPlane({ dataDir, edge: 'workerd' });
    });
    afterAll(async () => {
      await edge?.stop();
      await rm(dataDir, { recursive: true, force: true });
    });

    it('is the same, with the same headers', async () => {
      const page = await (await fetch(edge.url)).text();
      const [, script = ''] = page.match(/src="(\/assets\/[^"]+)"/) ?? [];
      for (const path of ['/', '/runs/1', script, '/theme.js', '/assets/no.js', '/api/nothing']) {
        const [here, there] = await Promise.all([answer(edge.url, path), answer(trainer.url, path)]);
        expect(here, path).toEqual(there);
      }
    });

    it('brings every line of the log to a real browser in order, over the ends of its streams', async ({
      skip,
    }) => {
      skip(!hasChromium, `there is no ${CHROMIUM}: apt-get install chromium`);
      await using browser = await openBrowser();
      const { page } = browser;
      await page.goto(await edge.loginLink());
      await page.getByRole('link', { name: 'Build' }).waitFor();
      await edge.call('POST /api/build/start', { body: { sources: ['stashdb'] } });
      const { lease } = await edge.call('POST /api/leases', { body: aRunner });
      if (!lease) throw new Error('There is no lease');
      const beat = () =>
        edge.call('POST /api/leases/{task}/heartbeat', {
          params: { task: lease.task_id },
          body: { fence: lease.fence },
        });
      await beat();
      await page.evaluate(`
        window.arrived = [];
        window.opened = 0;
        const log = new EventSource('/api/logs?tail=0');
        log.onopen = () => { window.opened += 1; };
        log.onmessage = ({ data }) => window.arrived.push(JSON.parse(data).message);`);
      await until('the stream is open', () => page.evaluate('window.opened === 1'));
      const sent: string[] = [];
      // Until a stream has ended because it has looked often enough.
      const opened = () => page.evaluate<number>('window.opened');
      for (let seq = 1; seq <= 20 || (await opened()) === 1; seq += 1) {
        const message = `line ${seq}`;
        sent.push(message);
        await edge.call('POST /api/leases/{task}/logs', {
          params: { task: lease.task_id },
          body: { fence: lease.fence, lines: [{ ...aLine, seq, message }] },
        });
        if (seq % 10 === 0) await beat();
        await elapsed(150);
      }
      await until('the last line arrives', () => page.evaluate(`window.arrived.includes('${sent.at(-1)}')`));
      const arrived = await page.evaluate<string[]>('window.arrived');
      expect(arrived.filter((message) => sent.includes(message))).toEqual(sent);
    });
  });
});

const aLine = { time: '2026-01-01T00:00:00.000Z', level: 'info', source: 'stashdb' } as const;
const aRunner = {
  runner_id: 'runner-1',
  name: 'Attic',
  version: '0.1.0',
  catalog_id: 'catalog-1',
  device: 'CPU',
  packs: [],
  sources: [],
  free_slots: 1,
};

/** Of the connection and of what compresses and caches on the way. */
const PASSING =
  /^(connection|keep-alive|date|vary|content-encoding|transfer-encoding|x-request-id|etag|cf-cache-status)$/;

async function answer(url: string, path: string) {
  const response = await fetch(url + path, { headers: { 'accept-encoding': 'identity' } });
  const headers = [...response.headers].filter(([name]) => !PASSING.test(name));
  const text = await response.text();
  return { status: response.status, headers, text: text.replace(/[0-9a-f-]{36}/, '<request>') };
}
