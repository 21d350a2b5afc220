import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The Ed25519 key that this runner signs manifests with. */
export interface SigningKey {
  privateKey: KeyObject;
  /** SPKI, PEM: what people check signatures with. */
  publicKeyPem: string;
  /** sha256 of the public key (SPKI, DER) as hex: short enough to compare by eye. */
  fingerprint: string;
}

/**
 * Reads the key, and makes it on first use: `keys/version-signing.pem`, readable by its owner only.
 * @throws Error when the file holds something else than an Ed25519 private key.
 */
export async function loadSigningKey(dataDir: string): Promise<SigningKey> {
  const path = join(dataDir, 'keys', 'version-signing.pem');
  const privateKey = parseKey(path, (await readKey(path)) ?? (await createKey(path)));
  const publicKey = createPublicKey(privateKey);
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return {
    privateKey,
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    fingerprint: createHash('sha256').update(der).digest('hex'),
  };
}

/** A raw signature, 64 bytes: `openssl pkeyutl -verify -rawin` takes it as it is. */
export function signManifest(manifest: Buffer, key: SigningKey): Buffer {
  return sign(null, manifest, key.privateKey);
}

export function isSignedBy(manifest: Buffer, signature: Buffer, publicKeyPem: string): boolean {
  return verify(null, manifest, publicKeyPem, signature);
}

async function readKey(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Two starts at once make one key: whoever comes second reads the first one's. */
async function createKey(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  try {
    await writeFile(path, pem, { mode: 0o600, flag: 'wx' });
    return pem;
  } catch (error) {
    const existing = await readKey(path);
    if (existing === null) throw error;
    return existing;
  }
}

function parseKey(path: string, pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // The message below says more than OpenSSL's, and can't carry anything of the key.
  }
  throw new Error(
    `${path} is not an Ed25519 private key in PEM. Restore it, or move it away to get a new one.`,
  );
}
