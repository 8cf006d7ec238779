// jayson_client.js http://HOST:PORT/PATH|tcp://HOST:PORT: calls from stdin by jayson; "notify": true sends a notification.
'use strict';
const jayson = require('jayson');
const { drive } = require('./peer');

const url = process.argv[2];
const client = url.startsWith('tcp://')
  ? jayson.Client.tcp({ host: new URL(url).hostname, port: Number(new URL(url).port) })
  : jayson.Client.http(url);

drive((line, done) => {
  const params = line.kwargs || line.args || [];
  const answered = (error, remote, result) => done(error || remote, result);
  if (line.notify) client.request(line.method, params, null, (error) => done(error));
  else client.request(line.method, params, answered);
});
