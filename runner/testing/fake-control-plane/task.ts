import { createHash } from 'node:crypto';
import type { EnforcedExclusions } from '@trainer/contract/exclusions';
import type { Completion, Lease } from '@trainer/contract/leases';
import type { LogLine } from '@trainer/contract/logs';
import type { Progress } from '@trainer/contract/progress';
import { type ReviewReport, reviewReportSchema } from '@trainer/contract/reviews';
import { type RouteKey, routes } from '@trainer/contract/routes';
import type { OpenUpload, VersionView } from '@trainer/contract/versions';
import { type FakeAnswer, json, noContent, problem } from './answers.ts';
import type { FakeRequest } from './receive.ts';

export interface FakeTask {
  lease: Lease;
  state: 'ready' | 'leased' | 'over';
  want: 'continue' | 'stop';
  progress: Progress;
  lines: LogLine[];
  beats: number[];
  completion?: Completion;
  release?: { reason: string; progress?: Progress };
  /** `name/number` to the bytes that were brought. */
  parts: Map<string, Uint8Array>;
  opened?: OpenUpload;
  partBytes: number;
  enforced?: EnforcedExclusions['enforced'];
  /** Batches of reviews, as they came. */
  reviewReports: ReviewReport[];
  published: boolean;
}

export function createFakeTask(lease: Lease, partBytes: number): FakeTask {
  return {
    lease,
    state: 'ready',
    want: 'continue',
    progress: lease.progress,
    lines: [],
    beats: [],
    parts: new Map(),
    partBytes,
    reviewReports: [],
    published: false,
  };
}

function beat(task: FakeTask, { body, at }: FakeRequest): FakeAnswer {
  const { progress } = routes['POST /api/leases/{task}/heartbeat'].body.parse(body);
  if (progress) task.progress = progress;
  task.beats.push(at);
  return json({ want: task.want, expires_at: new Date(at + task.lease.ttl_ms).toISOString() });
}

function store(task: FakeTask, { body }: FakeRequest): FakeAnswer {
  const { lines } = routes['POST /api/leases/{task}/logs'].body.parse(body);
  const nextSeq = task.lease.next_log_seq + task.lines.length;
  if ((lines[0]?.seq ?? 0) > nextSeq) return problem('impossible_report', `expected line ${nextSeq}`);
  task.lines.push(...lines.filter(({ seq }) => seq >= nextSeq));
  return json({ next_seq: task.lease.next_log_seq + task.lines.length });
}

function complete(task: FakeTask, { body }: FakeRequest): FakeAnswer {
  task.completion = routes['POST /api/leases/{task}/complete'].body.parse(body);
  task.state = 'over';
  return noContent;
}

function release(task: FakeTask, { body }: FakeRequest): FakeAnswer {
  const { reason, progress } = routes['POST /api/leases/{task}/release'].body.parse(body);
  task.release = { reason, progress };
  task.state = 'over';
  return noContent;
}

function enforce(task: FakeTask, { body }: FakeRequest): FakeAnswer {
  task.enforced = routes['PUT /api/leases/{task}/exclusions'].body.parse(body).enforced;
  return noContent;
}

function review(task: FakeTask, { body }: FakeRequest): FakeAnswer {
  task.reviewReports.push(reviewReportSchema.parse(body));
  return noContent;
}

function open(task: FakeTask, { body }: FakeRequest): FakeAnswer {
  task.opened = routes['POST /api/leases/{task}/version'].body.parse(body);
  const { version } = task.opened;
  return json({ version, part_bytes: task.partBytes, artifacts: missingParts(task) });
}

function missingParts({ opened, parts, partBytes }: FakeTask) {
  return (opened?.artifacts ?? []).map(({ name, size }) => {
    const count = Math.ceil(size / partBytes);
    const numbers = Array.from({ length: count }, (_, i) => i + 1);
    return { name, parts: count, missing: numbers.filter((number) => !parts.has(`${name}/${number}`)) };
  });
}

function bringPart(task: FakeTask, { params, body, headers }: FakeRequest): FakeAnswer {
  if (!(body instanceof Uint8Array)) return problem('invalid_request', 'no bytes');
  if (headers['x-content-sha256'] !== sha256Of(body))
    return problem('hash_mismatch', 'the part has another hash');
  task.parts.set(`${params.name}/${params.number}`, body);
  return noContent;
}

function publish(task: FakeTask): FakeAnswer {
  const missing = missingParts(task).filter((artifact) => artifact.missing.length > 0);
  if (missing.length > 0) return problem('incomplete_upload', 'parts are missing');
  task.published = true;
  return json(versionView(task));
}

/** The handlers of the routes that want a lease. */
export const underLease: Partial<Record<RouteKey, (task: FakeTask, request: FakeRequest) => FakeAnswer>> = {
  'POST /api/leases/{task}/heartbeat': beat,
  'POST /api/leases/{task}/logs': store,
  'POST /api/leases/{task}/complete': complete,
  'POST /api/leases/{task}/release': release,
  'PUT /api/leases/{task}/exclusions': enforce,
  'PUT /api/leases/{task}/reviews': review,
  'POST /api/leases/{task}/version': open,
  'PUT /api/leases/{task}/version/artifacts/{name}/parts/{number}': bringPart,
  'POST /api/leases/{task}/version/publish': publish,
};

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function versionView({ opened, lease }: FakeTask): VersionView {
  if (!opened) throw new Error('No upload was opened');
  const { manifest, quality, artifacts, filename, version } = opened;
  return {
    version,
    filename,
    artifacts,
    quality,
    size_mb: 0,
    created: manifest.created_at,
    run_id: lease.run_id,
    format: manifest.format,
    model_pack: manifest.model_pack,
    sources: manifest.sources,
    parent: manifest.parent_version,
    performers: manifest.performer_count,
    faces: manifest.face_count,
  };
}
