// The name alone, so that the rest of the file stays out of the page.
import { version } from '../../../package.json';

/** The release that this page was built from. */
export const release = version;
