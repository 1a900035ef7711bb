"""Serves S3 for `tests/remote`, in memory, and prints where as lines for a shell.

One request is served at a time: the server looks whether a name is free and takes it in two steps,
and only so is a conditional write one step, as it is in S3.

There are three doors to the same bucket: one is honest, one does not know `If-None-Match`, and one
loses the answer to every third object that is written.
"""

import threading
import urllib.request

from moto.moto_server.werkzeug_app import MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

BUCKET = "trectl-test"

# S3 alone: to find out which service a request is for takes a third of the time.
application = create_backend_app("s3")
turn = threading.Lock()
written = 0


def honest(environ, start_response):
    with turn:
        return [b"".join(application(environ, start_response))]


def careless(environ, start_response):
    environ.pop("HTTP_IF_NONE_MATCH", None)
    return honest(environ, start_response)


def lossy(environ, start_response):
    global written
    if environ["REQUEST_METHOD"] == "PUT":
        written += 1
        if written % 3 == 0:
            honest(environ, lambda *_: None)
            start_response("500 Internal Server Error", [("Content-Length", "0")])
            return []
    return honest(environ, start_response)


class Quiet(MotoRequestHandler):
    def log(self, *_):
        pass


def serve(door):
    server = make_server("127.0.0.1", 0, door, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.port}"


url = serve(honest)
request = urllib.request.Request(f"{url}/{BUCKET}", method="PUT")
urllib.request.urlopen(request).close()
print(f"export AWS_ENDPOINT_URL={url}")
print(f"export TRECTL_TEST_CARELESS={serve(careless)}")
print(f"export TRECTL_TEST_LOSSY={serve(lossy)}")
print(f"export TRECTL_TEST_BUCKET={BUCKET}")
print("# ready", flush=True)
threading.Event().wait()
