import { cleanUpAfter } from '@trainer/async/with-clean-up';
import { DrizzleQueryError } from 'drizzle-orm/errors';
import { expect, it } from 'vitest';
import { messageOf } from './message-of.ts';

const fail = (message: string) => () => {
  throw new Error(message);
};

it('says of a failed statement what the database said, without its values', () => {
  const cause = new Error('SQLITE_FULL: SQLITE_FULL: database or disk is full: /data/catalog.db cannot grow');
  expect(messageOf(new DrizzleQueryError('SELECT ?', ['Ada'], cause))).toBe(
    'SQLITE_FULL: database or disk is full: /data/catalog.db cannot grow',
  );
});

it('adds what failed while cleaning up, unless it is the same again', () => {
  const error = new Error('the disk is full');
  cleanUpAfter(error, fail('the disk is full'));
  expect(messageOf(error)).toBe('the disk is full');
  cleanUpAfter(error, fail('the browser is gone'));
  expect(messageOf(error)).toBe('the disk is full (cleaning up afterwards failed too: the browser is gone)');
});
