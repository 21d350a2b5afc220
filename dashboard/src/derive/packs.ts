import type { RunnerView } from '@trainer/contract/leases';

export interface PackChoice {
  id: string;
  title: string;
  ready: boolean;
  /** Which runner has it, or why none has. */
  note: string;
}

/** Every model pack that a runner knows, and the configured one even when none does. */
export function listPacks(runners: readonly RunnerView[], configured: string | null): PackChoice[] {
  const choices = new Map<string, PackChoice>();
  for (const runner of runners.filter(({ online }) => online)) {
    for (const pack of runner.packs) {
      if (choices.get(pack.id)?.ready) continue;
      const note = pack.ready ? `ready on ${runner.name}` : (pack.reason ?? `not ready on ${runner.name}`);
      choices.set(pack.id, { id: pack.id, title: pack.title, ready: pack.ready, note });
    }
  }
  if (configured && !choices.has(configured)) {
    choices.set(configured, {
      id: configured,
      title: configured,
      ready: false,
      note: 'no online runner has it',
    });
  }
  return [...choices.values()];
}
