import { decodePart, tidyId } from '../../../catalog/tidy-id.ts';
import type { AddressForm, SiteDefinition } from '../definition/definition.ts';
import { fillPath, fillPlain } from '../definition/patterns.ts';

/** A performer's page on the site. */
export interface Address {
  form: string;
  /** Equal for two spellings of one address. */
  key: string;
  /** Absolute, as it is asked for. */
  url: string;
  /** The named parts of it, decoded: `slug`, `number`, … */
  parts: Record<string, string>;
}

/** The pages that stored urls lead to, each once, in the urls' order. */
export function findAddresses(definition: SiteDefinition, urls: readonly string[]): Address[] {
  const found = new Map<string, Address>();
  for (const url of urls) {
    const address = readAddress(definition, url);
    if (address && !found.has(address.key)) found.set(address.key, address);
  }
  return [...found.values()];
}

/** The page that a url of the site stands for; null for other hosts and for pages that are no performer's. */
export function readAddress(definition: SiteDefinition, url: string): Address | null {
  const parsed = URL.parse(url.trim(), definition.site);
  if (!parsed || !/^https?:$/.test(parsed.protocol) || !isOfSite(definition, parsed)) return null;
  for (const form of definition.addresses) {
    const address = readForm(definition, form, parsed);
    if (address) return address;
  }
  return null;
}

/** Whether the url is on one of the site's hosts, `www.` and `m.` aside. */
export function isOfSite(definition: SiteDefinition, url: URL): boolean {
  return definition.hosts.includes(url.hostname.replace(/^(?:www\.|m\.|mobile\.)+/, ''));
}

function readForm(definition: SiteDefinition, form: AddressForm, url: URL): Address | null {
  const groups = form.match.exec(url.pathname + url.search)?.groups;
  if (!groups) return null;
  const parts = Object.fromEntries(
    Object.entries(groups).map(([name, value]) => [name, readPart(form, name, value ?? '')]),
  );
  if (Object.entries(groups).some(([name, value]) => value && parts[name] === '')) return null;
  const isDenied = Object.entries(form.deny).some(([name, values]) =>
    values.includes(parts[name]?.toLowerCase() ?? ''),
  );
  if (isDenied) return null;
  const page = new URL(fillPath(form.page, parts), definition.site).href;
  return { form: form.form, key: fillPlain(form.key, parts).toLowerCase(), url: page, parts };
}

function readPart(form: AddressForm, name: string, value: string): string {
  const decoded = tidyId(decodePart(value));
  return form.lowerCase.includes(name) ? decoded.toLowerCase() : decoded;
}
