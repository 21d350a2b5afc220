import { type Exclusion, exclusionSchema, type NewExclusion } from '@trainer/contract/exclusions';
import { refuse } from './refusal.ts';
import type { World } from './world.ts';

export function listExclusions(world: World): Exclusion[] {
  if (world.session?.scope !== 'admin') refuse('forbidden', 'This needs the scope "runner".');
  return world.exclusions;
}

export function addExclusion(world: World, body: NewExclusion): Exclusion {
  const added = exclusionSchema.parse({
    note: '',
    ...body,
    id: world.exclusions.length + 1,
    actor: world.session?.name ?? 'owner',
    created_at: new Date(world.now()).toISOString(),
    removed_at: null,
    removed_by: null,
    receipt: null,
  });
  world.exclusions.unshift(added);
  return added;
}

export function revoke(world: World, id: number): undefined {
  const exclusion = world.exclusions.find((each) => each.id === id);
  if (!exclusion) refuse('not_found', `There is no exclusion ${id}.`);
  exclusion.removed_at = new Date(world.now()).toISOString();
  exclusion.removed_by = world.session?.name ?? 'owner';
  return undefined;
}
