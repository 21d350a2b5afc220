import { partCount } from '@trainer/contract/versions';
import type { Memory } from './memory.ts';

export const MB = 1_000_000;
/** Of the version that is brought and fetched. */
export const BYTES = 300 * MB;

export interface UploadRow {
  what: string;
  'MB/s': number;
  'whole verified, s'?: number;
  /** Resident before and at its peak. */
  'runner, MB'?: string;
  'control plane, MB': string;
  /** Of the process of the control plane. */
  'CPU ms a part'?: number;
  /** Parts that were brought again although they were stored. */
  'stored twice'?: number;
  'lost, MB'?: number;
}

/** MB/s. */
export function rate(ms: number): number {
  return Math.round((BYTES / MB / ms) * 10_000) / 10;
}

export function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}

export function perPart(ms: number): number {
  return Math.round((ms / partCount(BYTES)) * 10) / 10;
}

export function inWords({ before, peak }: Memory): string {
  return `${before} → ${peak}`;
}
