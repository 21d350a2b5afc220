import { type Exclusion, type NewExclusion, newExclusionSchema } from '@trainer/contract/exclusions';
import { describeMistakes } from '@trainer/contract/problems';
import { type Command, InvalidArgumentError } from 'commander';
import { CliError } from './cli-error.ts';
import { connect } from './connect.ts';
import { excludeFace } from './exclude-face.ts';
import { table } from './format.ts';
import { show, type Terminal } from './terminal.ts';

interface Options {
  json?: boolean;
}

interface AddOptions extends Options {
  stashBoxId?: string;
  url?: string;
  name?: string;
  birthYear?: number;
  photo?: string;
  note?: string;
}

/** What an exclusion is about, without the note. */
type Subject = Pick<NewExclusion, 'kind' | 'value'>;

export function addExclusions(program: Command, terminal: Terminal): void {
  const exclusions = program.command('exclusions').description('people who must not be in any version');
  addList(exclusions, terminal);
  addAdd(exclusions, terminal);
  addRemove(exclusions, terminal);
}

function addList(exclusions: Command, terminal: Terminal): void {
  exclusions
    .command('list', { isDefault: true })
    .description('those in force, newest first, each with the first version without the person')
    .option('--all', 'also those that were taken back')
    .option('--json', 'as JSON')
    .action(async (options: Options & { all?: boolean }) => {
      const all = await connect(terminal)('GET /api/exclusions');
      const list = all.filter(({ removed_at }) => options.all || removed_at === null);
      show(terminal, options, list, () => listExclusions(list));
    });
}

function addAdd(exclusions: Command, terminal: Terminal): void {
  exclusions
    .command('add')
    .description('keeps a person out of every version from now on')
    .option('--stash-box-id <id>', 'stash-box and id there, such as stashdb:018f3a2b-…')
    .option('--url <address>', 'a page about the person')
    .option('--name <name>', 'a name or alias, together with --birth-year')
    .option('--birth-year <year>', 'year of birth', toYear)
    .option(
      '--photo <file>',
      'a photo of the person alone; its face stays in the catalog in DATA_DIR, the photo does not',
    )
    .option('--note <text>', 'why, for people who read the list', '')
    .option('--json', 'as JSON')
    .action(async (options: AddOptions) => {
      const added = await add(options, terminal);
      show(
        terminal,
        options,
        added,
        () => `Exclusion ${added.id} is in force: ${describeSubject(added)}. ${later}`,
      );
    });
}

const later =
  'The next version will be without this person; versions that exist already are not changed: remove them if they hold them.';

function addRemove(exclusions: Command, terminal: Terminal): void {
  exclusions
    .command('remove')
    .description('takes an exclusion back: the person may come back with the next full walk (build --full)')
    .argument('<number>', 'as the list shows it', toNumber)
    .option('--json', 'as JSON')
    .action(async (id: number, options: Options) => {
      await connect(terminal)('DELETE /api/exclusions/{id}', { params: { id } });
      show(terminal, options, { removed: id }, () => `Exclusion ${id} is taken back.`);
    });
}

async function add(options: AddOptions, terminal: Terminal): Promise<Exclusion> {
  const subjects = subjectsOf(options);
  const ways = subjects.length + (options.photo === undefined ? 0 : 1);
  if (ways !== 1) {
    throw new CliError(
      'wrongInput',
      'Say whom in one way: --stash-box-id, --url, --name with --birth-year, or --photo.',
    );
  }
  const { note = '' } = options;
  const api = connect(terminal);
  const submit = (subject: Subject) => api('POST /api/exclusions', { body: parse({ ...subject, note }) });
  const [subject] = subjects;
  return subject ? submit(subject) : excludeFace(options.photo ?? '', terminal, submit);
}

function subjectsOf({ stashBoxId, url, name, birthYear }: AddOptions): Subject[] {
  const [, endpoint, id] = /^([^:]*):(.*)$/.exec(stashBoxId ?? '') ?? [null, stashBoxId, ''];
  const given = [
    ...(stashBoxId === undefined ? [] : [{ kind: 'stash_box_id', value: { endpoint, id } }]),
    ...(url === undefined ? [] : [{ kind: 'url', value: { url } }]),
    ...(name === undefined && birthYear === undefined
      ? []
      : [{ kind: 'name', value: { name, birth_year: birthYear } }]),
  ];
  return given.map(parse);
}

/** @throws CliError that names every wrong field */
function parse(subject: unknown): NewExclusion {
  const parsed = newExclusionSchema.safeParse(subject);
  if (parsed.success) return parsed.data;
  throw new CliError('wrongInput', describeMistakes(parsed.error));
}

function listExclusions(list: readonly Exclusion[]): string {
  if (list.length === 0) return 'Nobody is excluded.';
  return table(
    list.map((each) => [
      each.id,
      describeSubject(each),
      each.removed_at
        ? `taken back ${each.removed_at.slice(0, 10)}`
        : `since ${each.created_at.slice(0, 10)}`,
      describeReceipt(each),
      each.note,
    ]),
  );
}

function describeReceipt({ receipt }: Exclusion): string {
  if (receipt === null) return 'no version without them yet';
  const { first_version: first, performers_removed: performers, faces_removed: faces } = receipt;
  return `not in ${first} and later (${performers} performers, ${faces} faces removed)`;
}

function describeSubject(exclusion: Exclusion): string {
  switch (exclusion.kind) {
    case 'stash_box_id':
      return `${exclusion.value.endpoint}:${exclusion.value.id}`;
    case 'url':
      return exclusion.value.url;
    case 'name':
      return `${exclusion.value.name}, born ${exclusion.value.birth_year}`;
    case 'face':
      return `face ${exclusion.value.fingerprint.slice(0, 12)}`;
  }
}

function toYear(text: string): number {
  if (!/^\d{4}$/.test(text)) throw new InvalidArgumentError('expected a year of four digits.');
  return Number(text);
}

function toNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('expected a whole number.');
  return Number(text);
}
