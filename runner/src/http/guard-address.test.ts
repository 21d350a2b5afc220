import { describe, expect, it } from 'vitest';
import { checkUrl, isPublicAddress } from './guard-address.ts';

describe('isPublicAddress', () => {
  it.each(['8.8.8.8', '2606:4700::1111', '[2606:4700::1111]'])('takes %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '255.255.255.255',
    '224.0.0.1',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    'fe80::1',
    'fd00::1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '::127.0.0.1',
    '::808:808',
    '4000::1',
    '3fff::1',
    'not an address',
  ])('refuses %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('checkUrl', () => {
  const allowed = new Set(['http://127.0.0.1:9999']);

  it.each(['file:///etc/passwd', 'ftp://example.org/', 'data:text/plain,x'])(
    'refuses %s by its scheme',
    (url) => {
      expect(() => checkUrl(new URL(url), allowed)).toThrow(/only http and https/);
    },
  );

  it.each([
    'http://127.0.0.1/',
    'http://0x7f.1/',
    'http://2130706433/',
    'http://[::1]/',
    'http://[::127.0.0.1]/',
    'http://127.0.0.1:9998/',
  ])('refuses %s, however it is written', (url) => {
    expect(() => checkUrl(new URL(url), allowed)).toThrow(/not on the public internet/);
  });

  it('takes an origin that the owner configured, and names, which are looked at after DNS', () => {
    expect(() => checkUrl(new URL('http://127.0.0.1:9999/x'), allowed)).not.toThrow();
    expect(() => checkUrl(new URL('https://stashdb.org/'), allowed)).not.toThrow();
  });
});
