import { createLoginLink } from '../../tokens/create-login-link.ts';
import { buildDeps } from './build-deps.ts';
import { dashboardUrl } from './dashboard-url.ts';
import { readNodeSettings } from './settings.ts';

/** Prints a fresh one-time link for an owner who has lost the way in. The control plane may be running. */
const settings = readNodeSettings(process.env);
const deps = await buildDeps(settings, new AbortController().signal);
console.log(await createLoginLink(deps, dashboardUrl(settings, settings.PORT)));
deps.db.$client.close();
