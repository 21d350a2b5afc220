/** Octal digits of what the owner of a container wants new files not to have. */
const umask = /^[0-7]{1,4}$/;

/**
 * Makes new files and folders of this process readable only by their owner: the database names excluded people, and the catalog
 * contains faces. `UMASK` says otherwise, for folders that are shared on purpose; containers always set it.
 *
 * @throws Error when `UMASK` is not an octal number
 */
export function keepFilesPrivate({ UMASK }: Readonly<Record<string, string | undefined>>): void {
  if (UMASK && !umask.test(UMASK)) {
    throw new Error(`UMASK: expected octal digits such as 022 (it is ${JSON.stringify(UMASK)})`);
  }
  process.umask(UMASK ? Number.parseInt(UMASK, 8) : 0o077);
}
