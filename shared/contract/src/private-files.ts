/** Octal digits of what the owner of a container wants new files not to have. */
const umask = /^[0-7]{1,4}$/;

/**
 * Makes the files and folders of this process for their owner alone: the database says who asked to be left out, and the catalog
 * holds faces. `UMASK` says otherwise, for folders that are shared on purpose; containers always set it.
 *
 * @throws Error when `UMASK` is not an octal number
 */
export function keepFilesPrivate({ UMASK }: Readonly<Record<string, string | undefined>>): void {
  if (UMASK && !umask.test(UMASK)) {
    throw new Error(`UMASK: expected octal digits such as 022 (it is ${JSON.stringify(UMASK)})`);
  }
  process.umask(UMASK ? Number.parseInt(UMASK, 8) : 0o077);
}
