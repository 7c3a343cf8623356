// A server to compare ours with: Node, `ws` and `better-sqlite3`, with
// synchronous=FULL and a commit for each message, so that its acks mean what
// ours mean. It speaks as much of the protocol as `messages` needs, in JSON,
// which is what Node is fastest at. No encryption, no limits, no erasing.
//
//   node node_peer.mjs FOLDER_WITH_NODE_MODULES DATA_FOLDER

import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';

const [packages, folder] = process.argv.slice(2);
const require = createRequire(`${packages}/`);
const { WebSocketServer } = require('ws');
const Database = require('better-sqlite3');

const database = new Database(`${folder}/peer.db`);
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
database.exec(`CREATE TABLE message (conversation TEXT, number INTEGER,
  client_id TEXT, at INTEGER, text TEXT, PRIMARY KEY (conversation, number),
  UNIQUE (conversation, client_id)) WITHOUT ROWID`);
const insert = database.prepare('INSERT INTO message VALUES (?, ?, ?, ?, ?)');

const conversations = new Map();

function hello(socket, say) {
  if (socket.isAgent) {
    say({ type: 'welcome', role: 'agent' });
    say({ type: 'list', waiting: [], mine: [] });
    return;
  }
  const conversation = randomBytes(16).toString('base64url');
  socket.own = { conversation, last: 0, watching: [] };
  conversations.set(conversation, socket.own);
  const summary = { conversation, epoch: '00000000', last: 0 };
  say({ type: 'welcome', role: 'customer', token: conversation, summary });
  say({ type: 'history', conversation, messages: [] });
}

function send(socket, { id, text }, say) {
  const own = socket.own;
  const { conversation } = own;
  const at = Date.now();
  const number = (own.last += 1);
  insert.run(conversation, number, id, at, text);
  say({ type: 'ack', conversation, id, number, at });
  const message = JSON.stringify({
    type: 'message', conversation, number, id, author: 'customer', at, text,
  });
  for (const agent of own.watching) agent.send(message);
}

function take(socket, { conversation }, say) {
  conversations.get(conversation).watching.push(socket);
  say({ type: 'watching', summary: { conversation } });
  say({ type: 'history', conversation, messages: [] });
}

const answers = { hello: (s, _, say) => hello(s, say), send, take };
const server = new WebSocketServer({
  host: '127.0.0.1', port: 0, perMessageDeflate: false,
});
server.on('connection', (socket, request) => {
  socket.isAgent = request.url === '/socket/agent';
  const say = (frame) => socket.send(JSON.stringify(frame));
  socket.on('message', (data) => {
    const frame = JSON.parse(data);
    answers[frame.type]?.(socket, frame, say);
  });
});
server.on('listening', () => {
  const { port } = server.address();
  console.error(JSON.stringify({ event: 'listening', port }));
});
process.on('SIGTERM', () => process.exit(0));
