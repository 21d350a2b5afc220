import { configSchema } from '@trainer/contract/config';
import { expect, it } from 'vitest';
import { documentOf, flatten, valueText } from './flat-config.ts';
import { eventLabel } from './hook-text.ts';
import { decisionLabel, knownChoices } from './review-text.ts';
import { runTone } from './run-text.ts';

// Names and fields that only a later release knows.

it('sends back every field of the configuration that it does not know', () => {
  const later = { tidy_up: { nightly: true, at: [1, { deep: 'x' }], none: {}, empty: [] }, mood: null };
  const defaults = flatten(configSchema.parse({}));
  const shown = flatten(configSchema.parse({ ...later, user_agent: 'me' }));
  expect(documentOf(shown, defaults)).toEqual({ ...later, user_agent: 'me' });
  expect(valueText(shown['tidy_up.at'])).toBe('[1,{"deep":"x"}]');
});

it('shows names that it does not know as they are', () => {
  expect(runTone('resting')).toBe('calm');
  expect(eventLabel('run.rested')).toBe('run.rested');
  expect(decisionLabel('twins', 'both')).toBe('both');
  expect(knownChoices({ choices: ['same', 'both'] })).toEqual(['same']);
});
