import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, hasChromium, openBrowser } from './open-browser.ts';
import { openTrainer, type Trainer } from './trainer.ts';

const dashboard = resolve(import.meta.dirname, '../dashboard');
const vite = resolve(import.meta.dirname, '../node_modules/vite/bin/vite.js');

describe('the dashboard, as the control plane serves it', () => {
  let trainer: Trainer;

  beforeAll(async () => {
    await promisify(execFile)(process.execPath, [vite, 'build'], { cwd: dashboard });
    trainer = await openTrainer({ people: 8, runnerEnv: { INFERENCE_WORKERS: '1' } });
  }, 120_000);
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
    await page.getByText('completed', { exact: true }).first().waitFor({ timeout: 60_000 });
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
    await page.getByText('Nothing starts by itself.').waitFor();
    await page.getByRole('link', { name: 'Exclusions' }).click();
    await page.getByText('Nobody is excluded.').waitFor();
    await page.getByRole('link', { name: 'Hooks' }).click();
    await page.getByRole('button', { name: 'New hook' }).click();
    await page.getByLabel('Gotify').check();
    await page.getByLabel('Name').fill('phone');
    await page.getByLabel('Address of the server').fill('http://127.0.0.1:1');
    await page.getByLabel('Application token').fill('A-token');
    await page.getByRole('button', { name: 'Make hook' }).click();
    await page.getByRole('button', { name: 'Test' }).click();
    await page.getByText(/no answer from 127\.0\.0\.1:1: /).waitFor();
    await page.getByRole('link', { name: 'Explain' }).click();
    await page.getByLabel('Id or name').fill('Odalys Fennimore');
    await page.getByRole('button', { name: 'Why is this here?' }).click();
    await page.getByText('Odalys Fennimore is one performer of 1 record with 6 faces.').waitFor();

    expect(await page.evaluate('window.isStillTheSamePage')).toBe('yes');
    expect(complaints).toEqual([]);
  }, 120_000);
});
