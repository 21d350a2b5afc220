import type { ModelPack } from '../models/pack.ts';
import { EngineError } from './errors.ts';
import type { Provider } from './onnx/open-model.ts';
import { runSelfTest } from './run-self-test.ts';

/** What the owner asks for; `auto` allows the CPU when the GPU does not work. */
export type Device = 'auto' | 'cuda' | 'cpu';

/**
 * The provider that passes the self-test. Only `auto` may end on the CPU without having asked for it, and says why.
 *
 * @throws EngineError `provider_unavailable` or `self_test_failed`
 */
export async function chooseProvider(
  pack: ModelPack,
  modelsDir: string,
  device: Device,
  onWarning: (message: string) => void,
): Promise<Provider> {
  if (device !== 'cpu') {
    try {
      await runSelfTest(pack, modelsDir, 'cuda');
      return 'cuda';
    } catch (error) {
      if (device === 'cuda' || !(error instanceof EngineError)) throw error;
      onWarning(`Running on the CPU, because: ${error.message}`);
    }
  }
  await runSelfTest(pack, modelsDir, 'cpu');
  return 'cpu';
}
