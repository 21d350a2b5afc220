import { expect, it, onTestFinished } from 'vitest';
import { createNodeApp } from '../testing/create-node-app.ts';

// Only Node has a proxy in front of it that ends TLS: a Worker sees https itself.

it('is secure where the browser comes over https', async () => {
  const app = await createNodeApp({ publicUrl: new URL('https://trainer.example') });
  onTestFinished(app.close);
  const response = await app.request('/api/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://trainer.example' },
    body: JSON.stringify({ token: app.tokens.admin }),
  });
  expect(response.headers.get('set-cookie')).toMatch(/; Secure$/);
});
