import { createModel } from '@preact/signals';
import { ApiUnreachable } from '@trainer/contract/client';
import { describe, expect, it } from 'vitest';
import { createFakeBrowser } from '../../testing/fake/fake-browser.ts';
import { createRemote } from './remote.ts';

function remoteOf<T>(load: () => Promise<T>, everyMs = 1_000) {
  const browser = createFakeBrowser();
  const Model = createModel(() => createRemote({ browser, load, everyMs: () => everyMs }));
  return { browser, remote: new Model() };
}

describe('something kept fresh', () => {
  it('asks at once, and again after each answer', async () => {
    let asked = 0;
    const { browser, remote } = remoteOf(async () => ++asked);
    await browser.pass(2_500);
    expect(asked).toBe(3);
    expect(remote.data.value).toBe(3);
  });

  it('asks nothing while the tab is hidden, and at once when it is looked at again', async () => {
    let asked = 0;
    const { browser } = remoteOf(async () => ++asked);
    await browser.pass(0);
    browser.show(false);
    await browser.pass(60_000);
    expect(asked).toBe(1);
    browser.show(true);
    await browser.pass(0);
    expect(asked).toBe(2);
  });

  it('keeps what is known while a later question fails, and tries again', async () => {
    let isDown = false;
    const { browser, remote } = remoteOf(async () => {
      if (isDown) throw new ApiUnreachable('no answer', null);
      return 'known';
    });
    await browser.pass(0);
    isDown = true;
    await browser.pass(1_000);
    expect(remote.data.value).toBe('known');
    expect(remote.error.value).toBeInstanceOf(ApiUnreachable);
    isDown = false;
    await browser.pass(3_000);
    expect(remote.error.value).toBeNull();
  });

  it('drops an answer that a newer question has overtaken', async () => {
    const answers: ((value: string) => void)[] = [];
    const { browser, remote } = remoteOf(() => new Promise<string>((resolve) => answers.push(resolve)));
    void remote.reload();
    answers[1]?.('new');
    await browser.pass(0);
    answers[0]?.('old');
    await browser.pass(0);
    expect(remote.data.value).toBe('new');
  });

  it('ends with its model', async () => {
    let asked = 0;
    const { browser, remote } = remoteOf(async () => ++asked);
    await browser.pass(0);
    remote[Symbol.dispose]();
    await remote.reload();
    await browser.pass(10_000);
    expect(asked).toBe(1);
  });
});
