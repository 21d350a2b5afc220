import type { ChromeFaults } from '../sites/start-chrome.ts';
import { chromeErrorPage, type SolverFaults, seleniumError } from '../sites/start-flaresolverr.ts';
import type { Random } from '../world/random.ts';
import type { RandomStreams } from './random-streams.ts';

export interface BrowserOptions {
  streams: RandomStreams;
  /** False while nothing is to go wrong. */
  isHostile: () => boolean;
  onMischief: (name: string) => void;
}

/** Decides about each command, by its number. */
function dice({ streams, isHostile }: BrowserOptions, name: string) {
  let asked = 0;
  return (): Random | null => {
    const chance = streams.of(name, asked++);
    return isHostile() && chance.chance(0.15) ? chance : null;
  };
}

/** What goes wrong with a FlareSolverr. */
export function hostileSolver(options: BrowserOptions): SolverFaults {
  const roll = dice(options, 'FlareSolverr');
  const note = (name: string) => options.onMischief(`FlareSolverr: ${name}`);
  const answers: Record<string, { status: number; body: string } | 'hang up'> = {
    'hangs up': 'hang up',
    restarts: { status: 502, body: '' },
    'answers nothing': { status: 200, body: '' },
    'a dead session': failed(seleniumError('invalid session id')),
    'a crashed tab': failed(seleniumError('tab crashed')),
    'no session': failed(
      seleniumError('session not created: probably user data directory is already in use'),
    ),
    'a connection reset': failed(seleniumError('unknown error: net::ERR_CONNECTION_RESET')),
    'a name that is not known': failed(seleniumError('unknown error: net::ERR_NAME_NOT_RESOLVED')),
  };
  let solutions: Random | null = null;
  return {
    answer() {
      const chance = roll();
      solutions = chance?.chance(0.3) ? chance : null;
      if (!chance || solutions) return null;
      const name = chance.pick(Object.keys(answers));
      note(name);
      return answers[name] ?? null;
    },
    solution(found) {
      if (!solutions) return found;
      const kind = solutions.pick(['an error page of Chrome', 'nulls']);
      note(kind);
      return kind === 'nulls'
        ? { ...found, userAgent: null, cookies: null }
        : { ...found, response: chromeErrorPage('ERR_EMPTY_RESPONSE') };
    },
  };
}

function failed(message: string): { status: number; body: string } {
  return {
    status: 500,
    body: JSON.stringify({ status: 'error', message: `Error: ${message}`, solution: null }),
  };
}

/** What goes wrong with a Chrome. */
export function hostileChrome(options: BrowserOptions): ChromeFaults {
  const roll = dice(options, 'Chrome');
  const note = (name: string) => options.onMischief(`Chrome: ${name}`);
  const errors = [
    'net::ERR_CONNECTION_RESET',
    'net::ERR_TIMED_OUT',
    'net::ERR_NAME_NOT_RESOLVED',
    'net::ERR_EMPTY_RESPONSE',
  ];
  return {
    netError() {
      const chance = roll();
      if (!chance) return null;
      const error = chance.pick(errors);
      note(error);
      return error;
    },
    crash() {
      const isCrash = roll()?.chance(0.3) ?? false;
      if (isCrash) note('its tab crashes');
      return isCrash;
    },
    subresources: (url) => [
      { url: `${new URL(url).origin}/script.js`, type: 'Script' },
      { url: `${new URL(url).origin}/film.mp4`, type: 'Media' },
    ],
  };
}
