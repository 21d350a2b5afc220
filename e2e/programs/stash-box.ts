import { z } from 'zod';
import { type Program, startProgram, stopFirst } from './program.ts';

const announcementSchema = z.object({
  url: z.url(),
  api_key: z.string(),
  performers: z.int(),
  images: z.int(),
});

export interface StashBoxProgram extends Program {
  url: string;
  apiKey: string;
  performers: number;
  images: number;
}

/** The demo's stash-box. The first time on a machine it fetches its photos and cuts its pictures before it listens. */
export async function startStashBoxProgram({
  cacheDir,
  port,
}: {
  cacheDir: string;
  port: number;
}): Promise<StashBoxProgram> {
  const program = startProgram({
    name: 'stash-box',
    args: ['e2e/demo/stash-box.ts', '--port', String(port), '--cache', cacheDir],
  });
  const [line] = await program.printed(/^\{.*\}$/m).catch(stopFirst(program));
  const { url, api_key: apiKey, performers, images } = announcementSchema.parse(JSON.parse(line));
  return { ...program, url, apiKey, performers, images };
}
