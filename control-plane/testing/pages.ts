import { join } from 'node:path';

/** Folder of the dashboard's files in tests. */
export const PAGES = join(import.meta.dirname, 'pages');
