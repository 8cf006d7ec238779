// zerorpc_client.js ADDRESS [--timeout SECONDS] [--bind]: calls from stdin by zerorpc for Node; a stream answers a list.
'use strict';
const zerorpc = require('zerorpc');
const { drive } = require('./peer');

const at = process.argv.indexOf('--timeout');
const client = new zerorpc.Client({ timeout: at > 0 ? Number(process.argv[at + 1]) : 30 });
client.on('error', (error) => console.error('client error', error));
if (process.argv.includes('--bind')) client.bind(process.argv[2]);
else client.connect(process.argv[2]);

drive((line, done) => {
  const items = [];
  let streamed = false;
  client.invoke(line.method, ...(line.args || []), (error, result, more) => {
    if (error) return done(error);
    if (more) {
      streamed = true;
      return items.push(result);
    }
    return done(null, streamed ? items : result);
  });
});
