"""Flask-SocketIO as its documentation has it (gevent), with the floor's database, durability and batching: see floor.js.

``python standard.py FILE`` listens on a free port of the loopback and prints {"port": n} in one line.
"""

import json
import socket
import sqlite3
import sys
import time
from datetime import UTC, datetime
from typing import Any

from flask import Flask, request
from flask_socketio import SocketIO, emit
from gevent.event import AsyncResult
from gevent.pywsgi import WSGIServer
from gevent.queue import Queue

TICK = 0.05

app = Flask(__name__)
socketio = SocketIO(app, async_mode="gevent", ping_interval=20, ping_timeout=20)
waiting: Queue[Any] = Queue()
posts: list[dict[str, Any]] = []
names: dict[str, str] = {}
told, due, flushed = 0, False, 0.0


@socketio.on("connect")
def connect(auth: dict[str, Any]) -> None:
    names[request.sid] = auth["by"]  # type: ignore[attr-defined]
    emit("snapshot", {"seq": told, "posts": posts[auth.get("seq", 0) : told]})


@socketio.on("disconnect")
def disconnect() -> None:
    names.pop(request.sid, None)  # type: ignore[attr-defined]


@socketio.on("post")
def post(said: dict[str, Any]) -> dict[str, Any]:
    answer: AsyncResult[int] = AsyncResult()
    waiting.put((said, names[request.sid], answer))  # type: ignore[attr-defined]
    return {"seq": answer.get()}


def store(db: sqlite3.Connection) -> None:
    """Commits together all that waits."""
    global due
    while True:
        batch = [waiting.get()]
        while not waiting.empty():
            batch.append(waiting.get())
        with db:
            for said, by, _ in batch:
                row: dict[str, Any] = {"id": said["id"], "by": by, "at": datetime.now(UTC).isoformat(), "content": said["content"]}
                values = (row["id"], row["by"], row["at"], json.dumps(row["content"]))
                row["seq"] = db.execute("INSERT INTO posts (id, by, at, content) VALUES (?, ?, ?, ?)", values).lastrowid
                posts.append(row)
        for place, (_, _, answer) in enumerate(batch):
            answer.set(len(posts) - len(batch) + place + 1)
        if not due:
            due = True
            socketio.start_background_task(tell, max(0.0, flushed + TICK - time.monotonic()))


def tell(wait: float) -> None:
    global due, flushed, told
    socketio.sleep(wait)  # type: ignore[arg-type]
    due, flushed = False, time.monotonic()
    news = posts[told:]
    prev, told = told, len(posts)
    socketio.emit("update", {"prev": prev, "seq": told, "posts": news})


def main() -> None:
    db = sqlite3.connect(sys.argv[1], check_same_thread=False)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE IF NOT EXISTS posts (seq INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, by TEXT, at TEXT, content TEXT)")
    socketio.start_background_task(store, db)
    # What socketio.run does, on a port that is known before it serves.
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    listener.setblocking(False)
    print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
    WSGIServer(listener, app, log=None).serve_forever()


if __name__ == "__main__":
    main()
