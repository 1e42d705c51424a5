"""Runs the cases of the .t files beside it: `lines.py BINARY SOURCE_DIR [FILE...]`.

A case is a block of lines; an empty line ends it, `#` begins a comment.

    NAME what it shows
    RUN aztriage probe tls x --outptu json      bash; several RUN lines are one script
    FILE bad.yaml                               a file in the case's own folder; its lines follow, each behind `|`
    STDIN text                                  a line of standard input; without one it is empty
    EXPECT text                                 a piece of standard output; EXPECT_NOT: not there
    EXPECT_ERR text                             a piece of standard error
    EXPECT_JSON path.to.key=value               standard output is one JSON document that says so; bare: is one
    EXIT 2                                      0 when it is not said
    NEEDS fish                                  skipped where the program is missing

The environment has SOURCE (the source tree), HTTP_PORT (answers /status/NNN, and
/heals/NAME/N with 503 for the first N times, /breaks/NAME/N with 503 after them, /page/NAME with NAME, an id and the
time), TLS_PORT (a certificate that nobody trusts), SILENT_PORT (accepts, never answers) and CLOSED_PORT. Nothing leaves this machine.
"""

import collections
import datetime
import http.server
import json
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import uuid

TIMEOUT = 60


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked = collections.Counter()

    def do_GET(self):
        numbered = self.path.startswith(("/status/", "/heals/", "/breaks/"))
        number = int(self.path.rsplit("/", 1)[1]) if numbered else 200
        status = number
        if self.path.startswith(("/heals/", "/breaks/")):
            self.asked[self.path] += 1
            early = self.asked[self.path] <= number
            status = 503 if early == self.path.startswith("/heals/") else 200
        body = b"<title>hello</title>\n"
        if self.path.startswith("/page/"):
            body = f"{self.path[6:]} {uuid.uuid4()} {datetime.datetime.now().isoformat()}\n".encode()
        self.send_response(status)
        self.send_header("X-Request-Id", str(uuid.uuid4()))
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class QuietServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


def start_servers(folder):
    """The ports of the helpers, by their environment names."""
    plain = QuietServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=plain.serve_forever, daemon=True).start()
    certificate = folder / "server.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
         "-subj", "/CN=shop.contoso.com", "-addext", "subjectAltName=DNS:shop.contoso.com",
         "-keyout", certificate, "-out", folder / "cert.pem"],
        check=True, capture_output=True)
    secure = QuietServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", certificate)
    secure.socket = context.wrap_socket(secure.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=secure.serve_forever, daemon=True).start()
    silent = socket.create_server(("127.0.0.1", 0), backlog=64)
    closed = socket.create_server(("127.0.0.1", 0))
    closed_port = closed.getsockname()[1]
    closed.close()
    ports = {
        "HTTP_PORT": plain.server_address[1],
        "TLS_PORT": secure.server_address[1],
        "SILENT_PORT": silent.getsockname()[1],
        "CLOSED_PORT": closed_port,
    }
    return {name: str(port) for name, port in ports.items()}, silent


class Case:
    def __init__(self, path, line):
        self.where = f"{path.name}:{line}"
        self.name = ""
        self.script = []
        self.files = {}
        self.stdin = ""
        self.checks = []
        self.code = 0
        self.needs = []


def read_cases(path):
    cases = []
    case = None
    open_file = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        word, _, rest = line.partition(" ")
        if not line.strip():
            case = open_file = None
            continue
        if line.startswith("#"):
            continue
        if case is None:
            case = Case(path, number)
            cases.append(case)
        if line.startswith("|") and open_file is not None:
            case.files[open_file] += line[1:] + "\n"
            continue
        open_file = None
        if word == "NAME":
            case.name = rest
        elif word == "RUN":
            case.script.append(rest)
        elif word == "FILE":
            open_file = rest
            case.files[rest] = ""
        elif word == "STDIN":
            case.stdin += rest + "\n"
        elif word in ("EXPECT", "EXPECT_NOT", "EXPECT_ERR", "EXPECT_JSON"):
            case.checks.append((word, rest))
        elif word == "EXIT":
            case.code = int(rest)
        elif word == "NEEDS":
            case.needs.append(rest)
        else:
            raise SystemExit(f"{path}:{number}: unknown word '{word}'")
    for case in cases:
        if not case.name or not case.script or not (case.checks or case.code):
            raise SystemExit(f"{case.where}: a case needs NAME, RUN and something to expect")
    return cases


def dig(document, path):
    for key in path.split("."):
        document = document[int(key)] if isinstance(document, list) else document[key]
    return document


def check_json(text, rest):
    """What is wrong with the document, or nothing."""
    try:
        document = json.loads(text)
    except ValueError as error:
        return f"no JSON document: {error}"
    path, _, wanted = rest.partition("=")
    if not path:
        return None
    try:
        found = dig(document, path)
    except (KeyError, IndexError, TypeError, ValueError):
        return f"no '{path}' in the document"
    shown = found if isinstance(found, str) else json.dumps(found)
    return None if shown == wanted else f"{path} is {shown}, not {wanted}"


def judge(case, code, out, err):
    problems = []
    if code != case.code:
        problems.append(f"exit code {code}, not {case.code}")
    for word, rest in case.checks:
        if word == "EXPECT" and rest not in out:
            problems.append(f"not on standard output: {rest}")
        elif word == "EXPECT_NOT" and rest in out:
            problems.append(f"on standard output: {rest}")
        elif word == "EXPECT_ERR" and rest not in err:
            problems.append(f"not on standard error: {rest}")
        elif word == "EXPECT_JSON":
            problem = check_json(out, rest)
            if problem:
                problems.append(problem)
    return problems


def run(case, environment, root):
    folder = pathlib.Path(tempfile.mkdtemp(dir=root))
    for name, text in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    environment = dict(environment, HOME=str(folder), XDG_CONFIG_HOME=str(folder / "config"))
    try:
        done = subprocess.run(["bash", "-c", "\n".join(case.script)], input=case.stdin.encode(), cwd=folder,
                              env=environment, capture_output=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        return [f"not done after {TIMEOUT} s"], "", ""
    out = done.stdout.decode("utf-8", "replace")
    err = done.stderr.decode("utf-8", "replace")
    return judge(case, done.returncode, out, err), out, err


def main():
    binary = pathlib.Path(sys.argv[1]).resolve()
    source = pathlib.Path(sys.argv[2]).resolve()
    paths = [pathlib.Path(name) for name in sys.argv[3:]] or sorted((source / "tests/cli").glob("*.t"))
    failed = skipped = passed = 0
    with tempfile.TemporaryDirectory() as root:
        ports, silent = start_servers(pathlib.Path(root))
        environment = {"PATH": f"{binary.parent}:{os.environ['PATH']}", "SOURCE": str(source), "LANG": "C.UTF-8"}
        environment.update(ports)
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                environment[name] = os.environ[name]
        for case in [case for path in paths for case in read_cases(path)]:
            missing = [name for name in case.needs if shutil.which(name) is None]
            if missing:
                skipped += 1
                print(f"skipped {case.where}: {case.name} (no {missing[0]})")
                continue
            problems, out, err = run(case, environment, root)
            if not problems:
                passed += 1
                continue
            failed += 1
            print(f"FAILED {case.where}: {case.name}")
            for problem in problems:
                print(f"    {problem}")
            for title, text in (("standard output", out), ("standard error", err)):
                if text:
                    print(f"    --- {title}\n" + "\n".join("    " + line for line in text.splitlines()[:30]))
        silent.close()
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed or passed == 0 else 0)


if __name__ == "__main__":
    main()
