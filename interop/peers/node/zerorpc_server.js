// zerorpc_server.js [ADDRESS] [--connect]: the calculator and two streams on zerorpc for Node.
'use strict';
const zerorpc = require('zerorpc');
const { calculator, freePort, ready } = require('./peer');

// zerorpc reads the parameter names out of a method's source, and so understands `function` alone.
const methods = {};
for (const [name, method] of Object.entries(calculator)) {
  methods[name] = function (...args) {
    const reply = args.pop();
    try {
      reply(null, method(...args), false);
    } catch (error) {
      reply(error, undefined, false);
    }
  };
}
methods.range = function (start, stop, reply) {
  for (let i = start; i < stop; i++) reply(null, i, true);
  reply();
};
methods.sleep = function (seconds, reply) {
  setTimeout(() => reply(null, seconds, false), seconds * 1000);
};

(async () => {
  const address = process.argv[2] || `tcp://127.0.0.1:${await freePort()}`;
  const server = new zerorpc.Server(methods);
  server.on('error', (error) => console.error('server error', error));
  if (process.argv.includes('--connect')) {
    server.connect(address);
    return ready(address);
  }
  server.bind(address);
  // The binding goes through a queue of its own; the port answers once it is through.
  const [host, port] = address.replace('tcp://', '').split(':');
  const waitForPort = () => {
    const probe = require('net').connect(Number(port), host === '0.0.0.0' ? '127.0.0.1' : host);
    probe.on('connect', () => {
      probe.destroy();
      ready(address);
    });
    probe.on('error', () => setTimeout(waitForPort, 20));
  };
  waitForPort();
})();
