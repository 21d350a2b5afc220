import { createWorker } from './create-worker.ts';

export { Digester, Hub } from './hub.ts';

export default createWorker();
