import { createWorker } from './create-worker.ts';

export { Digester } from './digester.ts';
export { Hub } from './durable-notifier.ts';

export default createWorker();
