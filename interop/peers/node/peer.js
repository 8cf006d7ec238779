// What the peer programs share; see peer.py beside for the convention.
'use strict';
const readline = require('readline');

exports.ready = (address) => {
  console.log(`ready ${address}`);
  process.stdin.resume().on('end', () => process.exit(0)); // whoever started this program is gone
};

// Runs call(line, done) for each line of stdin, one after the other; done(error, result).
exports.drive = async (call) => {
  for await (const text of readline.createInterface({ input: process.stdin })) {
    if (!text.trim()) continue;
    const line = JSON.parse(text);
    const answer = await new Promise((resolve) => {
      const done = (error, result) =>
        resolve(error ? { error: exports.describe(error) } : { ok: result === undefined ? null : result });
      try {
        call(line, done);
      } catch (error) {
        done(error);
      }
    });
    console.log(JSON.stringify(answer, (key, value) => (typeof value === 'bigint' ? { bigint: `${value}` } : value)));
  }
  process.exit(0);
};

exports.describe = (error) => ({
  type: error.name || 'Error',
  ...error,
  message: error.message === undefined ? String(error) : error.message,
});

exports.freePort = () =>
  new Promise((resolve, reject) => {
    const probe = require('net').createServer();
    probe.on('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

exports.calculator = {
  add: (x, y) => x + y,
  multiply: (x, y) => x * y,
  subtract: (x, y) => Math.abs(x - y),
  divide: (x, y) => x / y,
  echo: (value) => value,
  fail: (message) => {
    throw new Error(message);
  },
};
