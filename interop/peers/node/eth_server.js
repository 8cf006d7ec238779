// eth_server.js [PORT]: what wallets use of geth's WebSocket: eth_blockNumber, eth_subscribe, eth_unsubscribe; on ws.
'use strict';
const { WebSocketServer } = require('ws');
const { ready } = require('./peer');

const server = new WebSocketServer({ port: Number(process.argv[2] || 0), host: '127.0.0.1', perMessageDeflate: true });
server.on('listening', () => ready(`ws://127.0.0.1:${server.address().port}/`));
server.on('connection', (socket) => {
  const subscriptions = new Map();
  const answer = (id, result) => socket.send(JSON.stringify({ jsonrpc: '2.0', id, result }));
  socket.on('message', (data) => {
    const { id, method, params } = JSON.parse(data);
    if (method === 'eth_blockNumber') answer(id, '0x10');
    else if (method === 'eth_subscribe') {
      const subscription = `0x${(subscriptions.size + 1).toString(16).padStart(32, '0')}`;
      answer(id, subscription);
      let number = 16;
      const timer = setInterval(() => {
        const result = { number: `0x${(number++).toString(16)}`, kind: params[0], extraData: '0x' + 'ab'.repeat(1000) };
        socket.send(JSON.stringify({ jsonrpc: '2.0', method: 'eth_subscription', params: { subscription, result } }));
      }, 5);
      subscriptions.set(subscription, timer);
    } else if (method === 'eth_unsubscribe') {
      clearInterval(subscriptions.get(params[0]));
      answer(id, subscriptions.delete(params[0]));
    } else {
      const error = { code: -32601, message: `the method ${method} does not exist/is not available` };
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, error }));
    }
  });
  socket.on('close', () => subscriptions.forEach(clearInterval));
});
