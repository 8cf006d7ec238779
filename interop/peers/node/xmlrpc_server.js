// xmlrpc_server.js [PORT]: the calculator on xmlrpc for Node.
'use strict';
const xmlrpc = require('xmlrpc');
const { calculator, ready } = require('./peer');

const server = xmlrpc.createServer({ host: '127.0.0.1', port: Number(process.argv[2] || 0) }, () =>
  ready(`http://127.0.0.1:${server.httpServer.address().port}/`));
for (const [name, method] of Object.entries(calculator)) {
  server.on(name, (error, params, done) => {
    try {
      done(error, method(...params));
    } catch (failure) {
      done({ faultCode: 1, faultString: failure.message });
    }
  });
}
