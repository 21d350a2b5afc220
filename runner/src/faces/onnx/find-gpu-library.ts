import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Where the ONNX runtime looks for its CUDA provider on Linux; the npm package comes without it. */
export function gpuLibraryPath(): string {
  const packageFile = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
  return join(
    dirname(packageFile),
    'bin/napi-v6',
    process.platform,
    process.arch,
    'libonnxruntime_providers_cuda.so',
  );
}

/** Whether the CUDA provider is installed at all; that it is says nothing about driver and card. */
export function hasGpuLibrary(): boolean {
  return existsSync(gpuLibraryPath());
}
