// jayson_server.js [PORT] [http|tcp]: the calculator on jayson.
'use strict';
const jayson = require('jayson');
const { calculator, ready } = require('./peer');

const methods = {};
for (const [name, method] of Object.entries(calculator)) {
  methods[name] = (args, done) => {
    try {
      done(null, method(...(Array.isArray(args) ? args : Object.values(args || {}))));
    } catch (error) {
      done({ code: -32000, message: error.message });
    }
  };
}
const kind = process.argv[3] || 'http';
const server = new jayson.Server(methods)[kind]();
server.listen(Number(process.argv[2] || 0), '127.0.0.1', () => ready(`${kind}://127.0.0.1:${server.address().port}`));
