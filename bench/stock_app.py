"""The well-known recipe for a huge table in Flask, as its development server runs it, with threads: a generator yields the header,
each row and the footer from Jinja templates. The rows are those of the example StockTable, in SQLite.

  stock_app.py FILE ROWS PORT
"""
import logging, os, sqlite3, sys

from flask import Flask, Response, request

app = Flask(__name__)
logging.getLogger("werkzeug").setLevel(logging.ERROR)
template = lambda text: app.jinja_env.from_string("{% autoescape true %}" + text + "{% endautoescape %}\n")
HEADER = template("<!doctype html>\n<title>Stock table</title>\n<table>\n<tr><th>#<th>Symbol<th>Name<th>Price<th>Volume")
ROW = template("<tr><td>{{ id }}<td>{{ symbol }}<td>{{ name }}<td>{{ price }}<td>{{ volume }}")
FOOTER = template("</table>\n<p>{{ rows }} rows.")


def base36(number):
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[digit] + digits
    return digits


def fill(file, rows):
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE stock (id INTEGER PRIMARY KEY, symbol TEXT, name TEXT, price TEXT, volume INTEGER)")
        database.executemany("INSERT INTO stock VALUES (?, ?, ?, ?, ?)", (
            (i, base36(i), f"Number {i} & Sons <Ltd>", f"{i * 7919 % 100_000 / 100:.2f}", i * 104_729 % 10_000_000)
            for i in range(1, rows + 1)))


def table(limit):
    yield HEADER.render()
    rows = 0
    for id, symbol, name, price, volume in sqlite3.connect(sys.argv[1]).execute(
            "SELECT id, symbol, name, price, volume FROM stock ORDER BY id LIMIT ?", (limit,)):
        rows += 1
        yield ROW.render(id=id, symbol=symbol, name=name, price=price, volume=volume)
    yield FOOTER.render(rows=rows)


@app.route("/stock-table")
def stock_table():
    return Response(table(request.args.get("limit", 1_000_000_000, type=int)))


if __name__ == "__main__":
    if not os.path.exists(sys.argv[1]):
        fill(sys.argv[1], int(sys.argv[2]))
    app.run(host="127.0.0.1", port=int(sys.argv[3]), threaded=True, debug=False)
