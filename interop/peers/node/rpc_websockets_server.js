// rpc_websockets_server.js [PORT]: the calculator on rpc-websockets.
'use strict';
const { Server } = require('rpc-websockets');
const { calculator, freePort, ready } = require('./peer');

(async () => {
  const port = Number(process.argv[2] || (await freePort()));
  const server = new Server({ port, host: '127.0.0.1' });
  for (const [name, method] of Object.entries(calculator)) {
    server.register(name, (args) => method(...(Array.isArray(args) ? args : Object.values(args || {}))));
  }
  server.on('listening', () => ready(`ws://127.0.0.1:${port}/`));
})();
