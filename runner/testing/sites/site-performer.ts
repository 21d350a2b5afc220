/** Somebody who does not exist, as the sites' pages tell of her. */
export interface SitePerformer {
  name: string;
  alias: string;
  /** What a site calls her birth name. */
  birthName: string;
  birthYear: number;
  /** A site's number for her. */
  number: number;
  uuid: string;
  handle: string;
}

/** How much a site has of her. */
export interface Shape {
  /** Pictures on her own page. */
  pictures: number;
  /** Galleries, on sites that have them. */
  galleries: number;
  /** Pictures in each. */
  perGallery: number;
}

export const miraSolano: SitePerformer = {
  name: 'Mira Solano',
  alias: 'Mia Sol',
  birthName: 'Erika Mustermann',
  birthYear: 1994,
  number: 45121,
  uuid: '0b1f6a54-2d0c-4c63-9a41-0c6f1f1f7a10',
  handle: 'mirasolano',
};

export const usualShape: Shape = { pictures: 3, galleries: 2, perGallery: 3 };

/** One site's world: what there is to be asked for. */
export interface SiteWorld {
  /** Her address as a stash-box holds it. */
  storedUrl: string;
  /** Where it is answered: path and query. */
  page: string;
  /** HTML or JSON by path and query. */
  pages: ReadonlyMap<string, string>;
  /** Addresses of the pictures that are there, in full size. */
  images: readonly string[];
  /** The site's page for everything else. */
  nobody: { status: number; html: string };
}

export function hyphened(name: string): string {
  return name.toLowerCase().replaceAll(' ', '-');
}

export function underscored(name: string): string {
  return name.replaceAll(' ', '_');
}

/** `make(1)` to `make(count)`. */
export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index + 1));
}

export function html(title: string, body: string, head = ''): string {
  return `<!doctype html><html><head><title>${title}</title>${head}</head><body>${body}</body></html>`;
}
