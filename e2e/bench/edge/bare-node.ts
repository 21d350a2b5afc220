import { createServer } from 'node:http';

/** Takes whatever is sent, keeps nothing and says so: what HTTP on Node itself costs. */
const server = createServer((request, response) => {
  request.resume().on('end', () => response.end());
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
});
