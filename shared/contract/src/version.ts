import manifest from '../../../package.json' with { type: 'json' };

/** The release of every program of this repository, from the root's `package.json`, where it stands once. */
export const version: string = manifest.version;
