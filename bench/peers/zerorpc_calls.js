// zerorpc_calls.js serve|call ADDRESS: zerorpc for Node, one end of what is compared.
//
// serve: prints `ready ADDRESS` and serves until it is ended. call: reads a line {"args": [SECONDS, CALLERS]}, calls add(2, 3)
// so long, so many calls at once with one client, and prints {"calls", "seconds"}.
'use strict';
const readline = require('readline');
const zerorpc = require('zerorpc');

const [role, address] = process.argv.slice(2);

if (role === 'serve') {
  const server = new zerorpc.Server({
    // zerorpc reads the parameter names out of a method's source, and so understands `function` alone.
    add: function (x, y, reply) {
      reply(null, x + y, false);
    },
  });
  server.bind(address);
  console.log(`ready ${address}`);
  process.stdin.resume().on('end', () => process.exit(0));
} else {
  const client = new zerorpc.Client();
  client.connect(address);
  readline.createInterface({ input: process.stdin }).on('line', (line) => {
    const [seconds, callers] = JSON.parse(line).args;
    const start = process.hrtime.bigint();
    const elapsed = () => Number(process.hrtime.bigint() - start) / 1e9;
    let calls = 0;
    let left = callers;
    const call = () =>
      client.invoke('add', 2, 3, (error, sum) => {
        if (error || sum !== 5) throw error || new Error(`2 + 3 = ${sum}`);
        calls++;
        if (elapsed() < seconds) call();
        else if (--left === 0) console.log(JSON.stringify({ calls, seconds: elapsed() }));
      });
    for (let i = 0; i < callers; i++) call();
  });
}
