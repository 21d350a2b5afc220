import type { TaskView } from '@trainer/contract/runs';

/** Reason keys that runners use, as people say them; others are shown with their underscores as spaces. */
const words: Record<string, string> = {
  no_face: 'no face found',
  multi_face: 'more than one face',
  face_too_small: 'face too small',
  image_too_small: 'image too small',
  low_confidence: 'detector score too low',
  extreme_angle: 'head turned too far',
  no_existing_faces: 'no known face to compare with',
  no_match: 'does not match the known faces',
};

export interface Rejection {
  reason: string;
  label: string;
  count: number;
}

/** Rejected images and faces over all tasks, the most frequent reason first. */
export function sumRejections(tasks: readonly TaskView[]): Rejection[] {
  const sums = new Map<string, number>();
  for (const { progress } of tasks) {
    for (const [reason, count] of Object.entries(progress.rejections)) {
      sums.set(reason, (sums.get(reason) ?? 0) + count);
    }
  }
  return [...sums]
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => ({ reason, label: words[reason] ?? reason.replaceAll('_', ' '), count }))
    .sort((a, b) => b.count - a.count || a.label.localeCompare(b.label));
}
