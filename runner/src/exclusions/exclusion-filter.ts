import type { Exclusion } from '@trainer/contract/exclusions';
import { type SQL, sql } from 'drizzle-orm';
import { rowsOf } from '../catalog/database.ts';
import type { PerformerRecord } from '../catalog/performer-record.ts';
import { type CatalogWriter, change, write } from '../catalog/writer.ts';
import { type AgeReason, checkAge } from '../eligibility/eligibility.ts';
import type { Matching } from '../models/pack.ts';
import { type Block, type BlockedKeys, type Cause, exclusionCause } from './blocked-keys.ts';
import { type ExcludedFace, type FaceJudge, faceJudge } from './excluded-faces.ts';
import { countPerformer, forgetPerformer, scrubFile } from './forget-performer.ts';
import {
  type BlockedKey,
  blockedKeysOf,
  type IdentifyingFields,
  idKey,
  keyOfExclusion,
  keysOf,
} from './performer-keys.ts';
import { findPerformers, type HeldPerformer } from './read-performers.ts';

/** Why a performer is refused; `progress.rejections` counts by this reason. */
export type RefusalReason = 'excluded' | AgeReason;

export interface Refusal {
  cause: Cause;
  reason: RefusalReason;
  /** The record certainly belongs to the excluded person. Then all other known keys of that person are blocked too. */
  isCertain: boolean;
}

export interface ExclusionFilterDeps {
  database: CatalogWriter;
  /** The exclusions in force. */
  exclusions: readonly Exclusion[];
  blocked: BlockedKeys;
  faces: readonly ExcludedFace[];
}

type Judged = IdentifyingFields & Pick<PerformerRecord, 'careerStartYear'>;

/**
 * Decides which performers are excluded, and removes those already stored. Each task opens a new filter, so that it has the
 * exclusions that were added since the last task.
 */
export class ExclusionFilter {
  readonly exclusions: readonly Exclusion[];
  readonly faces: readonly ExcludedFace[];
  readonly #database: CatalogWriter;
  readonly #blocked: BlockedKeys;
  readonly #named: Map<string, number>;

  constructor({ database, exclusions, blocked, faces }: ExclusionFilterDeps) {
    this.#database = database;
    this.#blocked = blocked;
    this.exclusions = exclusions;
    this.faces = faces;
    this.#named = new Map(
      exclusions.flatMap((each): [string, number][] => {
        const key = keyOfExclusion(each);
        return key === null ? [] : [[key, each.id]];
      }),
    );
  }

  /** Why a record that a source lists must be neither committed nor fetched; null when it is allowed. */
  async refusalOf(record: Judged): Promise<Refusal | null> {
    const refusal = this.#refusal(record, [record.endpoint]);
    if (refusal === null || refusal.isCertain) return refusal;
    // The stored performer of this record may also have a record at the spared endpoint. Then the key does not apply to it.
    const [held] = await this.#holdersOf([idKey(record.endpoint, record.remoteId)]);
    return held ? this.#refusal(record, [record.endpoint, ...endpointsOf(held)]) : refusal;
  }

  /** Like `refusalOf`, for a performer that the catalog holds. */
  refusalOfHeld(performer: HeldPerformer): Refusal | null {
    const endpoints = endpointsOf(performer);
    for (const record of performer.records) {
      const refusal = this.#refusal(record, endpoints);
      // A deleted record still identifies a person. Its dates do not count: wrong dates may be why it was deleted.
      if (refusal && (record.isLive || refusal.reason === 'excluded')) return refusal;
    }
    return null;
  }

  /**
   * Like `refusalOf`, by the catalog's id: called before another source is asked about the performer.
   * @param pages addresses that will be fetched, or that turned out to be the performer's
   */
  async refusalOfKnown(performerId: number, pages: readonly string[] = []): Promise<Refusal | null> {
    const [held] = await findPerformers(this.#database, [performerId]);
    if (!held) return null;
    const [first, ...others] = held.records;
    const records = first ? [{ ...first, urls: [...first.urls, ...pages] }, ...others] : [];
    return this.refusalOfHeld({ ...held, records });
  }

  /** Removes a performer that `refusalOfKnown` refused. */
  async refuseKnown(performerId: number, refusal: Refusal): Promise<void> {
    if (await this.remove(performerId, refusal)) await scrubFile(this.#database);
  }

  /** Removes a refused performer from the catalog and blocks its keys. */
  async refuse(record: IdentifyingFields, refusal: Refusal): Promise<void> {
    const own = [record.remoteId, ...record.mergedIds].map((id) => idKey(record.endpoint, id));
    const keys = refusal.isCertain ? blockedKeysOf(record) : [];
    const ids = keys.map(({ key }) => key).filter((key) => key.startsWith('id '));
    const isRemoved = await this.#blockAndRemove(refusal, keys, () => this.#holdersOf([...own, ...ids]));
    if (isRemoved) await scrubFile(this.#database);
  }

  /** Removes a performer from the catalog; the caller then calls `scrubFile`. False when the catalog holds no such performer. */
  remove(performerId: number, refusal: Refusal): Promise<boolean> {
    return this.#blockAndRemove(refusal, [], () => findPerformers(this.#database, [performerId]));
  }

  /** Unblocks the keys that a record blocked for its age. Called when the record is allowed now, or when its source has deleted it. */
  async unblock(endpoint: string, remoteId: string): Promise<void> {
    const statements = this.#blocked.unblock(this.#ageCauses(endpoint, remoteId));
    if (statements.length > 0) await write(this.#database, statements);
  }

  /** @param pack the catalog's name of the pack */
  faceJudge(pack: string, matching: Matching): FaceJudge {
    return faceJudge(this.faces, pack, matching);
  }

  /** Exclusions by face that have no vector of this pack, so that it cannot recognise them. */
  unknownFaces(pack: string): number[] {
    const known = new Set(this.faces.filter((face) => face.pack === pack).map(({ exclusion }) => exclusion));
    return this.exclusions.filter(({ kind, id }) => kind === 'face' && !known.has(id)).map(({ id }) => id);
  }

  #refusal(record: Judged, endpoints: readonly string[]): Refusal | null {
    return this.#excluded(record, endpoints) ?? this.#tooYoung(record);
  }

  #excluded(record: IdentifyingFields, endpoints: readonly string[]): Refusal | null {
    const own = this.#ageCauses(record.endpoint, record.remoteId);
    let uncertain: Refusal | null = null;
    for (const key of keysOf(record)) {
      const exclusion = this.#named.get(key);
      if (exclusion !== undefined) return refusalFor({ cause: exclusionCause(exclusion), spared: null });
      for (const block of this.#blocked.find(key)) {
        if (own.includes(block.cause)) continue;
        if (block.spared === null) return refusalFor(block);
        if (!endpoints.includes(block.spared)) uncertain = refusalFor(block);
      }
    }
    return uncertain;
  }

  #tooYoung(record: Judged): Refusal | null {
    const reason = checkAge(record, this.#database.now());
    if (reason === null) return null;
    return { cause: this.#ageCause(reason, record.endpoint, record.remoteId), reason, isCertain: true };
  }

  #ageCauses(endpoint: string, remoteId: string): Cause[] {
    if (this.#blocked.size === 0) return [];
    const reasons = ['under_age', 'under_age_at_start'] satisfies AgeReason[];
    return reasons.map((reason) => this.#ageCause(reason, endpoint, remoteId));
  }

  #ageCause(reason: AgeReason, endpoint: string, remoteId: string): Cause {
    return `${reason}:${this.#blocked.hash(idKey(endpoint, remoteId))}`;
  }

  /** Blocks the keys and removes the performers that `find` returns. A certain refusal blocks the keys of those performers too. */
  async #blockAndRemove(
    { cause, isCertain }: Refusal,
    keys: readonly BlockedKey[],
    find: () => Promise<HeldPerformer[]>,
  ): Promise<boolean> {
    let held: HeldPerformer[] = [];
    let blocked = keys;
    await change(this.#database, async () => {
      held = await find();
      const theirs = held.flatMap(({ records }) => records.flatMap(blockedKeysOf));
      blocked = isCertain ? [...keys, ...theirs] : keys;
      return [
        ...this.#blocked.store(cause, blocked),
        ...held.flatMap((performer) => removeFor(exclusionOf(cause), performer)),
      ];
    });
    this.#blocked.add(cause, blocked);
    return held.length > 0;
  }

  /** The performers with a record of one of these ids (keys of `idKey`). */
  async #holdersOf(ids: readonly string[]): Promise<HeldPerformer[]> {
    const rows = await this.#database.db.all<{ id: number }>(sql`
      SELECT DISTINCT performer_id AS id FROM ${rowsOf(ids.map(splitId))}
      JOIN performer_records ON endpoint = value->>'endpoint' AND remote_id = value->>'id'`);
    return rows.length === 0
      ? []
      : findPerformers(
          this.#database,
          rows.map(({ id }) => id),
        );
  }
}

function removeFor(exclusion: number | null, performer: HeldPerformer): SQL[] {
  const counted = exclusion === null ? [] : [countPerformer(exclusion, performer.id)];
  return [...counted, ...forgetPerformer(performer)];
}

function refusalFor({ cause, spared }: Block): Refusal {
  const isExcluded = exclusionOf(cause) !== null;
  const reason = isExcluded
    ? 'excluded'
    : cause.startsWith('under_age:')
      ? 'under_age'
      : 'under_age_at_start';
  return { cause, reason, isCertain: spared === null };
}

function exclusionOf(cause: Cause): number | null {
  const id = /^excluded:(\d+)$/.exec(cause)?.[1];
  return id === undefined ? null : Number(id);
}

function endpointsOf({ records }: HeldPerformer): string[] {
  return records.filter(({ isLive }) => isLive).map(({ endpoint }) => endpoint);
}

function splitId(key: string): { endpoint: string; id: string } {
  const [, endpoint = '', id = ''] = key.split(' ');
  return { endpoint, id };
}
