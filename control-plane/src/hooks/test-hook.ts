import type { HookTest } from '@trainer/contract/hooks';
import type { Deps } from '../context/deps.ts';
import { composeTest } from './compose-message.ts';
import { requireHook } from './require-hook.ts';
import { type SendNeed, sendMessage } from './send-message.ts';

/**
 * Sends a test message now, also to a hook that is turned off, and answers with what the receiver said.
 *
 * @throws {ProblemError} `not_found`
 */
export async function testHook(
  need: SendNeed & Pick<Deps, 'db' | 'publicUrl'>,
  id: number,
): Promise<HookTest> {
  const hook = await requireHook(need.db, id);
  const begun = need.clock.now();
  const { ok, said, excerpt } = await sendMessage(need, hook, composeTest(hook.name, begun, need.publicUrl));
  const isSilent = ok || excerpt === '';
  return { ok, said: isSilent ? said : `${said}. It says: ${excerpt}`, took_ms: need.clock.now() - begun };
}
