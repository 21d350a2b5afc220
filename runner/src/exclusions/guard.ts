import type { Exclusion } from '@trainer/contract/exclusions';
import { type SQL, sql } from 'drizzle-orm';
import { rowsOf } from '../catalog/database.ts';
import type { PerformerRecord } from '../catalog/performer-record.ts';
import { type CatalogWriter, change, write } from '../catalog/writer.ts';
import { type AgeReason, checkAge } from '../eligibility/eligibility.ts';
import type { Matching } from '../models/pack.ts';
import { type Bar, type BarredKeys, type Cause, exclusionCause } from './barred-keys.ts';
import { type ExcludedFace, type FaceJudge, faceJudge } from './excluded-faces.ts';
import { countPerformer, forgetPerformer, scrubFile } from './forget-performer.ts';
import {
  type BarredKey,
  barredKeysOf,
  type IdentifyingFields,
  idKey,
  keyOfExclusion,
  keysOf,
} from './performer-keys.ts';
import { findPerformers, type HeldPerformer } from './read-performers.ts';

/** Why a performer stays out; `progress.rejections` counts by it. */
export type RefusalReason = 'excluded' | AgeReason;

export interface Refusal {
  cause: Cause;
  reason: RefusalReason;
  /** It is this very person: what else is known of them keeps them out too. */
  isCertain: boolean;
}

export interface GuardDeps {
  database: CatalogWriter;
  /** Those in force. */
  exclusions: readonly Exclusion[];
  barred: BarredKeys;
  faces: readonly ExcludedFace[];
}

type Judged = IdentifyingFields & Pick<PerformerRecord, 'careerStartYear'>;

/**
 * Stands at the catalog's door: says who must stay out, and shows out who is in. Made anew for each task, so that it knows
 * what was decided meanwhile.
 */
export class Guard {
  readonly exclusions: readonly Exclusion[];
  readonly faces: readonly ExcludedFace[];
  readonly #database: CatalogWriter;
  readonly #barred: BarredKeys;
  readonly #named: Map<string, number>;

  constructor({ database, exclusions, barred, faces }: GuardDeps) {
    this.#database = database;
    this.#barred = barred;
    this.exclusions = exclusions;
    this.faces = faces;
    this.#named = new Map(
      exclusions.flatMap((each): [string, number][] => {
        const key = keyOfExclusion(each);
        return key === null ? [] : [[key, each.id]];
      }),
    );
  }

  /** Why a record that a source has listed must not be committed, nor anything of it be fetched; null when it may. */
  async refusalOf(record: Judged): Promise<Refusal | null> {
    const refusal = this.#refusal(record, [record.endpoint]);
    if (refusal === null || refusal.isCertain) return refusal;
    // The performer that it belongs to may have a record of the endpoint that holds the two apart.
    const [held] = await this.#holdersOf([idKey(record.endpoint, record.remoteId)]);
    return held ? this.#refusal(record, [record.endpoint, ...endpointsOf(held)]) : refusal;
  }

  /** The same for a performer that the catalog holds. */
  refusalOfHeld(performer: HeldPerformer): Refusal | null {
    const endpoints = endpointsOf(performer);
    for (const record of performer.records) {
      const refusal = this.#refusal(record, endpoints);
      // A deleted record says who somebody is, but its dates may have been why it was deleted.
      if (refusal && (record.isLive || refusal.reason === 'excluded')) return refusal;
    }
    return null;
  }

  /**
   * The same by the catalog's id, before another source is asked about the performer.
   * @param pages addresses that are about to be asked for, or turned out to be the performer's
   */
  async refusalOfKnown(performerId: number, pages: readonly string[] = []): Promise<Refusal | null> {
    const [held] = await findPerformers(this.#database, [performerId]);
    if (!held) return null;
    const [first, ...others] = held.records;
    const records = first ? [{ ...first, urls: [...first.urls, ...pages] }, ...others] : [];
    return this.refusalOfHeld({ ...held, records });
  }

  /** Forgets a performer that was refused by its id. */
  async refuseKnown(performerId: number, refusal: Refusal): Promise<void> {
    if (await this.forget(performerId, refusal)) await scrubFile(this.#database);
  }

  /** Forgets what the catalog holds of somebody who was refused, and bars them. */
  async refuse(record: IdentifyingFields, refusal: Refusal): Promise<void> {
    const own = [record.remoteId, ...record.mergedIds].map((id) => idKey(record.endpoint, id));
    const keys = refusal.isCertain ? barredKeysOf(record) : [];
    const ids = keys.map(({ key }) => key).filter((key) => key.startsWith('id '));
    const hasForgotten = await this.#showOut(refusal, keys, () => this.#holdersOf([...own, ...ids]));
    if (hasForgotten) await scrubFile(this.#database);
  }

  /** Forgets a performer of the catalog; `scrubFile` has to follow. False when it holds no such performer. */
  forget(performerId: number, refusal: Refusal): Promise<boolean> {
    return this.#showOut(refusal, [], () => findPerformers(this.#database, [performerId]));
  }

  /** A record that may come in, or that its source has removed, keeps nobody else out any more. */
  async lift(endpoint: string, remoteId: string): Promise<void> {
    const statements = this.#barred.lift(this.#ageCauses(endpoint, remoteId));
    if (statements.length > 0) await write(this.#database, statements);
  }

  /** Judges vectors of a pack; the catalog's name of it. */
  faceJudge(pack: string, matching: Matching): FaceJudge {
    return faceJudge(this.faces, pack, matching);
  }

  /** Exclusions by face that cannot be told in this pack, because their photo was never shown to it. */
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
      for (const bar of this.#barred.find(key)) {
        if (own.includes(bar.cause)) continue;
        if (bar.spared === null) return refusalFor(bar);
        if (!endpoints.includes(bar.spared)) uncertain = refusalFor(bar);
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
    if (this.#barred.size === 0) return [];
    const reasons = ['under_age', 'under_age_at_start'] satisfies AgeReason[];
    return reasons.map((reason) => this.#ageCause(reason, endpoint, remoteId));
  }

  #ageCause(reason: AgeReason, endpoint: string, remoteId: string): Cause {
    return `${reason}:${this.#barred.hash(idKey(endpoint, remoteId))}`;
  }

  /** Bars the keys, and what else is known of somebody who is certainly meant, and forgets whom `find` finds. */
  async #showOut(
    { cause, isCertain }: Refusal,
    keys: readonly BarredKey[],
    find: () => Promise<HeldPerformer[]>,
  ): Promise<boolean> {
    let held: HeldPerformer[] = [];
    let barred = keys;
    await change(this.#database, async () => {
      held = await find();
      const theirs = held.flatMap(({ records }) => records.flatMap(barredKeysOf));
      barred = isCertain ? [...keys, ...theirs] : keys;
      return [
        ...this.#barred.store(cause, barred),
        ...held.flatMap((performer) => forgetFor(exclusionOf(cause), performer)),
      ];
    });
    this.#barred.add(cause, barred);
    return held.length > 0;
  }

  /** The performers that hold a record with one of these ids (keys of `idKey`). */
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

function forgetFor(exclusion: number | null, performer: HeldPerformer): SQL[] {
  const counted = exclusion === null ? [] : [countPerformer(exclusion, performer.id)];
  return [...counted, ...forgetPerformer(performer)];
}

function refusalFor({ cause, spared }: Bar): Refusal {
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
