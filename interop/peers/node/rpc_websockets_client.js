// rpc_websockets_client.js URL: calls from stdin by rpc-websockets; "notify": true sends a notification.
'use strict';
const { Client } = require('rpc-websockets');
const { drive } = require('./peer');

const client = new Client(process.argv[2], { reconnect: false });
client.on('open', () =>
  drive((line, done) => {
    const params = line.kwargs || line.args || [];
    const sent = line.notify ? client.notify(line.method, params) : client.call(line.method, params);
    sent.then((result) => done(null, result), (error) => done(error));
  })
);
