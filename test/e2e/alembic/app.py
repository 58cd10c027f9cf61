import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg2

# What this release calls the price: `price` (numeric) before revision c3, `cents` after it.
COLUMN = os.environ["ORDERS_COLUMN"]


def query(sql, *values):
    with open("/run/secrets/database-url") as file:
        connection = psycopg2.connect(file.read().strip())
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body=""):
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        if self.path == "/ready":
            try:
                query(f"select id, {COLUMN} from orders limit 0")
            except psycopg2.Error as error:
                return self.answer(503, str(error))
        if self.path.startswith("/orders/"):
            rows = query(f"select {COLUMN} from orders where id = %s", self.path.split("/")[2])
            return self.answer(200 if rows else 404, str(rows[0][0]) if rows else "")
        self.answer(200, COLUMN)

    def do_POST(self):
        order = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        query(f"insert into orders (id, {COLUMN}) values (%s, %s)", order["id"], order[COLUMN])
        self.answer(201)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("", 8080), Handler).serve_forever()
