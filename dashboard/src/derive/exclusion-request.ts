import type { NewExclusion } from '@trainer/contract/exclusions';
import type { SourceId } from '@trainer/contract/sources';

/** The ways to name a person here. A face is excluded where the photo is: on the runner. */
export type FormKind = 'stash_box_id' | 'url' | 'name';

export interface ExclusionForm {
  kind: FormKind | 'face';
  endpoint: SourceId;
  id: string;
  url: string;
  name: string;
  birthYear: string;
  note: string;
}

export const emptyExclusionForm: ExclusionForm = {
  kind: 'stash_box_id',
  endpoint: 'stashdb',
  id: '',
  url: '',
  name: '',
  birthYear: '',
  note: '',
};

/** What the API wants, or null for a face; it says itself what is wrong with a field. */
export function exclusionRequest({
  kind,
  endpoint,
  id,
  url,
  name,
  birthYear,
  note,
}: ExclusionForm): NewExclusion | null {
  const noted = { note: note.trim() };
  switch (kind) {
    case 'stash_box_id':
      return { kind, value: { endpoint, id: idOf(id) }, ...noted };
    case 'url':
      return { kind, value: { url: url.trim() }, ...noted };
    case 'name':
      return { kind, value: { name: name.trim(), birth_year: Number(birthYear) }, ...noted };
    case 'face':
      return null;
  }
}

/** People paste the performer's address; the id stands at its end. */
function idOf(typed: string): string {
  const path = typed
    .trim()
    .replace(/[?#].*$/, '')
    .replace(/\/+$/, '');
  return path.slice(path.lastIndexOf('/') + 1);
}
