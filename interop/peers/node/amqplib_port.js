// Loaded before amqplib's own tests: they look for their broker on port 5672, here it is on port BROKER_PORT.
const net = require('node:net');
const connect = net.Socket.prototype.connect;

net.Socket.prototype.connect = function (...args) {
  const options = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (options && Number(options.port) === 5672) {
    options.port = Number(process.env.BROKER_PORT);
    options.host = '127.0.0.1';
  }
  return connect.apply(this, args);
};

// Where SKIPPED_TESTS says so, a pattern of names, tests are left out: the runner of Node 20 cannot do that.
const runner = require('node:test');
if (process.env.SKIPPED_TESTS) {
  const skipped = new RegExp(process.env.SKIPPED_TESTS);
  for (const kind of ['it', 'test']) {
    const run = runner[kind];
    runner[kind] = Object.assign((name, ...rest) => (skipped.test(name) ? run.skip(name) : run(name, ...rest)), run);
  }
}
