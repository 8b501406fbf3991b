// The floor: what an engineer would write instead. Stores each post (SQLite, WAL, synchronous=FULL), acknowledges it once it is on disk,
// rebroadcasts it to all. Nothing else: no people, no rules, no pages, no rights.
//
// node floor.js FILE [--naive]: listens on a free port of the loopback and prints {"port": n} in one line.
// Posts are committed together, all that came in one turn of the loop; they are broadcast together: at once where nothing was for 50 ms,
// else every 50 ms. --naive: one transaction and one broadcast a post.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import Database from "better-sqlite3";
import { Server } from "socket.io";

const known = createRequire(import.meta.url)("socket.io/package.json");

const TICK = 50;
const naive = process.argv.includes("--naive");
const db = new Database(process.argv[2]);
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");
db.exec("CREATE TABLE IF NOT EXISTS posts (seq INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, by TEXT, at TEXT, content TEXT)");

const insert = db.prepare("INSERT INTO posts (id, by, at, content) VALUES (?, ?, ?, ?)");
const posts = db.prepare("SELECT seq, id, by, at, content FROM posts ORDER BY seq").all().map((row) => ({ ...row, content: JSON.parse(row.content) }));

const http = createServer((_, answer) => answer.end("ok\n"));
const io = new Server(http, { transports: ["websocket"], pingInterval: 20000, pingTimeout: 20000, maxHttpBufferSize: 65536 });

let waiting = [];
let told = posts.length;
let due = null;
let flushed = 0;

const store = db.transaction((batch) => {
  for (const { post, by } of batch) {
    const row = { id: post.id, by, at: new Date().toISOString(), content: post.content };
    row.seq = Number(insert.run(row.id, row.by, row.at, JSON.stringify(row.content)).lastInsertRowid);
    posts.push(row);
  }
});

function commit() {
  const batch = waiting;
  waiting = [];
  store(batch);
  for (const [place, { answer }] of batch.entries()) answer({ seq: posts.length - batch.length + place + 1 });
  if (naive) tell();
  else if (due === null) due = setTimeout(tell, Math.max(0, flushed + TICK - performance.now()));
}

function tell() {
  due = null;
  flushed = performance.now();
  io.emit("update", { prev: told, seq: posts.length, posts: posts.slice(told) });
  told = posts.length;
}

io.on("connection", (socket) => {
  const { by, seq } = socket.handshake.auth;
  socket.emit("snapshot", { seq: told, posts: posts.slice(seq ?? 0, told) });
  socket.on("post", (post, answer) => {
    waiting.push({ post, by, answer });
    if (naive) commit();
    else if (waiting.length === 1) setImmediate(commit);
  });
});

http.listen({ host: "127.0.0.1", port: 0, backlog: 2048 }, () => {
  const sqlite = db.prepare("SELECT sqlite_version() AS v").get().v;
  console.log(JSON.stringify({ port: http.address().port, node: process.version, sqlite, "socket.io": known.version }));
});
process.on("SIGTERM", () => process.exit(0));
