import { createWorker } from './create-worker.ts';

export { Digester } from './digester.ts';
export { Hub } from './hub.ts';

export default createWorker();
