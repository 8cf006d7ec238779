// zmtp_socket.js TYPE [OPTION=VALUE ...]: the same as zmtp_socket.py in zeromq.js, with options by its property names.
'use strict';
const zmq = require('zeromq6');
const { drive } = require('./peer');

const types = {
  ROUTER: zmq.Router, DEALER: zmq.Dealer, REQ: zmq.Request, REP: zmq.Reply, PUSH: zmq.Push, PULL: zmq.Pull,
  PUB: zmq.Publisher, SUB: zmq.Subscriber, XPUB: zmq.XPublisher, XSUB: zmq.XSubscriber,
};
const socket = new types[process.argv[2]]();
socket.linger = 0;
if ('receiveTimeout' in socket) socket.receiveTimeout = 30000;
if ('sendTimeout' in socket) socket.sendTimeout = 30000;
for (const option of process.argv.slice(3)) {
  const [name, value] = option.split('=');
  socket[name] = Number(value);
}
const xsub = process.argv[2] === 'XSUB';
const bytes = (hex) => Buffer.from(hex, 'hex');
const change = (subscribe, prefix) => {
  if (xsub) return socket.send(Buffer.concat([Buffer.from([subscribe ? 1 : 0]), prefix]));
  return subscribe ? socket.subscribe(prefix) : socket.unsubscribe(prefix);
};

const operations = {
  bind: async ({ address }) => {
    await socket.bind(address);
    return socket.lastEndpoint;
  },
  connect: ({ address }) => socket.connect(address),
  disconnect: ({ address }) => socket.disconnect(address),
  send: ({ parts }) => socket.send(parts.map(bytes)),
  sendMany: async ({ count, size }) => {
    for (let number = 0; number < count; number++) await socket.send([`${number}`, Buffer.alloc(size)]);
  },
  recv: async () => (await socket.receive()).map((part) => part.toString('hex')),
  recvMany: async ({ count }) => {
    const firsts = [];
    for (let i = 0; i < count; i++) firsts.push((await socket.receive())[0].toString('hex'));
    return firsts;
  },
  subscribe: ({ prefix }) => change(true, bytes(prefix)),
  unsubscribe: ({ prefix }) => change(false, bytes(prefix)),
};

drive((line, done) => {
  Promise.resolve()
    .then(() => operations[line.do](line))
    .then((result) => done(null, result), done);
});
