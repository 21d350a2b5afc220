import type { HookKind } from '@trainer/contract/hooks';

export interface HookPreset {
  title: string;
  /** What to paste, and where to find it. */
  how: string;
  address: { label: string; placeholder: string };
  /** Null where the address is all there is. */
  secret: { label: string; hint: string; isRequired: boolean } | null;
}

/** What to put in for each kind of hook. */
export const hookPresets: Record<HookKind, HookPreset> = {
  webhook: {
    title: 'Webhook',
    how: 'Sends signed JSON to your own program. Paste the address that it listens at.',
    address: { label: 'Address', placeholder: 'https://example.org/hooks/trainer' },
    secret: {
      label: 'Signing secret (optional)',
      hint: 'Begins with whsec_. If left empty, one is generated and shown once.',
      isRequired: false,
    },
  },
  discord: {
    title: 'Discord',
    how: 'In Discord: the channel’s settings → Integrations → Webhooks → New Webhook → Copy Webhook URL. Paste it whole.',
    address: { label: 'Webhook URL', placeholder: 'https://discord.com/api/webhooks/…/…' },
    secret: null,
  },
  ntfy: {
    title: 'ntfy',
    how: 'Paste the address of the server with a topic that is hard to guess, and subscribe to that topic in the ntfy app.',
    address: { label: 'Address of the topic', placeholder: 'https://ntfy.sh/a-topic-that-is-hard-to-guess' },
    secret: {
      label: 'Access token (optional)',
      hint: 'For a protected topic: in ntfy under Account → Access tokens.',
      isRequired: false,
    },
  },
  gotify: {
    title: 'Gotify',
    how: 'In Gotify: Apps → Create application. Paste the address of the server, and the token of the application below.',
    address: { label: 'Address of the server', placeholder: 'https://gotify.example.org' },
    secret: { label: 'Application token', hint: 'Sent in a header, never in an address.', isRequired: true },
  },
};

/** As they are offered. */
export const hookKindOptions = [
  ['discord', hookPresets.discord.title],
  ['ntfy', hookPresets.ntfy.title],
  ['gotify', hookPresets.gotify.title],
  ['webhook', hookPresets.webhook.title],
] as const satisfies [HookKind, string][];
