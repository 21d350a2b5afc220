import { z } from 'zod';

/**
 * The setting `PUBLIC_URL`. The dashboard, its cookie and the API stand at the root of their host, so an address with a path would
 * print links that lead nowhere.
 */
export const publicUrlSetting = z
  .url({ protocol: /^https?$/, error: 'expected an http or https address' })
  .refine(
    isRoot,
    'expected an address without a path, such as https://trainer.example.org: the dashboard is not served below one, so give it a host name or port of its own',
  );

function isRoot(address: string): boolean {
  if (!URL.canParse(address)) return true;
  const { pathname, search, hash, username, password } = new URL(address);
  return pathname === '/' && `${search}${hash}${username}${password}` === '';
}

/** A token that its owner chose. It travels in the header `Authorization`, which holds no blanks and nothing beyond ASCII. */
export const tokenSetting = z
  .string()
  .min(16, 'is too short: use at least 16 characters')
  .max(200)
  .regex(
    /^[!-~]*$/,
    'may hold only letters, digits and signs of ASCII, without blanks: a header cannot carry others',
  );
