// xmlrpc_client.js URL: calls from stdin by xmlrpc for Node.
'use strict';
const xmlrpc = require('xmlrpc');
const { drive } = require('./peer');

const client = xmlrpc.createClient({ url: process.argv[2] });
drive((line, done) => client.methodCall(line.method, line.args || [], done));
