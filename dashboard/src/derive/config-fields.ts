import type { FieldValue } from './flat-config.ts';

/** One input of the configuration form, as data: where it stands, what it is called, what it takes. */
export type FieldKind =
  | { kind: 'number'; min: number; max?: number; step: number; unit?: string }
  | { kind: 'switch' }
  | { kind: 'text'; maxLength: number }
  | { kind: 'choice'; options: readonly (readonly [value: string, label: string])[]; nullLabel?: string };

export type ConfigField = { path: string; label: string; hint?: string } & FieldKind;

/** Fields that every source has; ranges are those of the contract, which has the last word. */
export function sourceFields(id: string): ConfigField[] {
  const at = (name: string) => `sources.${id}.${name}`;
  return [
    { path: at('enabled'), label: 'Selected by default', kind: 'switch' },
    {
      path: at('rate_limit'),
      label: 'Rate limit',
      kind: 'number',
      min: 0.1,
      max: 6_000,
      step: 0.1,
      unit: '/min',
    },
    { path: at('concurrency'), label: 'Concurrent requests', kind: 'number', min: 1, max: 16, step: 1 },
    { path: at('max_faces'), label: 'Maximum faces', kind: 'number', min: 0, max: 100, step: 1 },
    { path: at('trust_level'), label: 'Trust', kind: 'choice', options: trustOptions },
    {
      path: at('gender_filter'),
      label: 'Genders',
      kind: 'choice',
      options: genderOptions,
      nullLabel: 'every',
    },
    {
      path: at('respect_robots'),
      label: 'Obey robots.txt',
      hint: 'Not needed for an API that you have a key for.',
      kind: 'switch',
    },
  ];
}

const trustOptions = [
  ['high', 'high'],
  ['medium', 'medium'],
  ['low', 'low'],
] as const;

const genderOptions = [
  ['FEMALE', 'female'],
  ['MALE', 'male'],
  ['TRANSGENDER_FEMALE', 'transgender female'],
  ['TRANSGENDER_MALE', 'transgender male'],
  ['INTERSEX', 'intersex'],
  ['NON_BINARY', 'non-binary'],
] as const;

/** The detector, the embedders and what a usable face is. */
export function faceFields(packs: readonly (readonly [string, string])[]): ConfigField[] {
  return [
    {
      path: 'faces.model_pack',
      label: 'Model pack',
      hint: 'Faces of different packs cannot be compared.',
      kind: 'choice',
      options: packs,
    },
    {
      path: 'faces.min_image_px',
      label: 'Minimum image size',
      kind: 'number',
      min: 32,
      max: 4_000,
      step: 1,
      unit: 'px',
    },
    {
      path: 'faces.min_face_px',
      label: 'Minimum face size',
      kind: 'number',
      min: 20,
      max: 1_000,
      step: 1,
      unit: 'px',
    },
    {
      path: 'faces.min_confidence',
      label: 'Minimum detector score',
      hint: 'From 0.5 to 1; a higher score accepts fewer faces.',
      kind: 'number',
      min: 0.5,
      max: 1,
      step: 0.01,
    },
    {
      path: 'faces.max_yaw_degrees',
      label: 'Maximum head turn',
      kind: 'number',
      min: 0,
      max: 90,
      step: 1,
      unit: '°',
    },
  ];
}

export const generalFields: readonly ConfigField[] = [
  {
    path: 'user_agent',
    label: 'User agent',
    hint: 'Sent to every site. Include a way to contact you.',
    kind: 'text',
    maxLength: 200,
  },
];

export const retentionFields: readonly ConfigField[] = [
  {
    path: 'retention.versions',
    label: 'Versions kept',
    hint: '0 keeps all.',
    kind: 'number',
    min: 0,
    step: 1,
  },
  { path: 'retention.log_days', label: 'Keep log for', kind: 'number', min: 1, step: 1, unit: 'days' },
  { path: 'retention.log_max_mb', label: 'Maximum log size', kind: 'number', min: 1, step: 1, unit: 'MB' },
];

/** What is wrong with a value, as far as that can be told before the control plane has its say. */
export function validateField(field: ConfigField, value: FieldValue | undefined): string | undefined {
  if (field.kind === 'text') return value === '' ? 'Enter a value.' : undefined;
  if (field.kind !== 'number') return undefined;
  const { min, max, step } = field;
  const range = max === undefined ? `${min} or more` : `from ${min} to ${max}`;
  if (typeof value !== 'number' || value < min || (max !== undefined && value > max))
    return `A number, ${range}.`;
  return step === 1 && !Number.isInteger(value) ? `A whole number, ${range}.` : undefined;
}
