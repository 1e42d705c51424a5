"""Presses TAB in bash, zsh and fish: `shells.py BINARY`. A shell that is missing is named and skipped."""

import os
import pathlib
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

BEGIN = "BEGIN<"
END = ">END"


class Shell:
    """An interactive shell on a terminal of its own. `line(typed)` types, presses TAB, and tells what then stands on
    the line, by making the shell print it."""

    def __init__(self, command, environment, folder):
        self.screen = ""
        self.child, self.terminal = pty.fork()
        if self.child == 0:
            os.chdir(folder)
            os.execvpe(command[0], command, environment)

    def read(self, seconds):
        ready, _, _ = select.select([self.terminal], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self.terminal, 65536)
        except OSError:
            return False
        self.screen += data.decode("utf-8", "replace")
        return bool(data)

    def type(self, text):
        os.write(self.terminal, text.encode())

    def wait_for(self, piece, seconds=30):
        end = time.monotonic() + seconds
        while piece not in self.screen and time.monotonic() < end:
            self.read(0.2)
        return piece in self.screen

    def settle(self, least=0.4):
        """Until nothing has been written for a while."""
        while self.read(least):
            pass

    def line(self, typed):
        self.screen = ""
        self.type(typed + "\t")
        self.settle(0.8)
        # Home, then a command that prints the words behind it; the mark is split so that its echo is not taken for it.
        self.type("\x01printf '[%s]' 'BEGIN''<' \x05 '>''END'\r")
        self.wait_for(f"[{END}]")
        self.settle(0.2)
        found = re.findall(re.escape(f"[{BEGIN}]") + r"(.*?)" + re.escape(f"[{END}]"), self.screen, re.S)
        return re.findall(r"\[(.*?)\]", found[-1], re.S) if found else None

    def close(self):
        os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)
        os.close(self.terminal)


# What is typed, and the words that must stand there after TAB.
TYPED = [
    ("aztriage compl", ["aztriage", "completion"]),
    ("aztriage completion po", ["aztriage", "completion", "powershell"]),
    ("aztriage playbook sche", ["aztriage", "playbook", "schema"]),
    ("aztriage playbook list --quie", ["aztriage", "playbook", "list", "--quiet"]),
    ("aztriage playbook list --cloud us", ["aztriage", "playbook", "list", "--cloud", "usgov"]),
    ("aztriage playbook list --color=al", ["aztriage", "playbook", "list", "--color=always"]),
    ("aztriage run front-door/5xx-fr", ["aztriage", "run", "front-door/5xx-from-edge"]),
    ("aztriage run 5xx-from -s endp", ["aztriage", "run", "5xx-from", "-s", "endpoint="]),
    ("aztriage run 5xx-from -s probe_method=HE", ["aztriage", "run", "5xx-from", "-s", "probe_method=HEAD"]),
    ("aztriage probe tls --ca-file cert", ["aztriage", "probe", "tls", "--ca-file", "certificate.pem"]),
    ("aztriage run 5xx-from --report junit=rep", ["aztriage", "run", "5xx-from", "--report", "junit=report.xml"]),
    ("aztriage playbook list --playbooks over", ["aztriage", "playbook", "list", "--playbooks", "overlay/"]),
]


def start(name, binary, folder):
    environment = {"PATH": f"{binary.parent}:{os.environ['PATH']}", "HOME": str(folder), "TERM": "xterm", "LANG": "C.UTF-8",
                   "XDG_CONFIG_HOME": str(folder / "config"), "XDG_DATA_HOME": str(folder / "data")}
    for option in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
        if option in os.environ:
            environment[option] = os.environ[option]
    if name == "bash":
        shell = Shell(["bash", "--norc", "--noprofile", "-i"], environment, folder)
        shell.type("bind 'set enable-bracketed-paste off'; source <(aztriage completion bash); echo rea''dy\r")
    elif name == "zsh":
        shell = Shell(["zsh", "-f", "-i"], environment, folder)
        shell.type("unsetopt zle_bracketed_paste; autoload -U compinit; compinit -u -D; bindkey -e; "
                   "source <(aztriage completion zsh); echo rea''dy\r")
    else:
        shell = Shell(["fish", "--no-config", "-i"], environment, folder)
        shell.type("aztriage completion fish | source; echo rea''dy\r")
    if not shell.wait_for("ready"):
        raise SystemExit(f"{name} did not start:\n{shell.screen}")
    shell.settle()
    return shell


def press_tab(name, binary, folder):
    failed = 0
    shell = start(name, binary, folder)
    try:
        for typed, wanted in TYPED:
            found = shell.line(typed)
            # zsh takes the slash of a completed folder away again when something else follows.
            if found and [word.rstrip("/") for word in found] == [word.rstrip("/") for word in wanted]:
                continue
            failed += 1
            print(f"FAILED {name}: {typed}<TAB>\n    wanted {wanted}\n    found  {found}")
            if os.environ.get("VERBOSE"):
                print(repr(shell.screen))
    finally:
        shell.close()
    return failed


def ask_fish(binary, folder):
    """fish tells its candidates with their descriptions."""
    environment = dict(os.environ, PATH=f"{binary.parent}:{os.environ['PATH']}", HOME=str(folder))
    script = "aztriage completion fish | source; complete -C 'aztriage playbook show 5xx'"
    done = subprocess.run(["fish", "--no-config", "-c", script], env=environment, capture_output=True, timeout=60, text=True)
    ids = {line.split("\t")[0] for line in done.stdout.splitlines()}
    if {"front-door/5xx-from-edge", "app-service/site-5xx"} <= ids:
        return 0
    print(f"FAILED fish: complete -C told {done.stdout!r}")
    return 1


def main():
    binary = pathlib.Path(sys.argv[1]).resolve()
    failed = tried = 0
    for name in ("bash", "zsh", "fish"):
        if shutil.which(name) is None:
            print(f"skipped {name}: not installed")
            continue
        with tempfile.TemporaryDirectory() as root:
            folder = pathlib.Path(root)
            (folder / "certificate.pem").touch()
            (folder / "report.xml").touch()
            (folder / "overlay").mkdir()
            tried += 1
            failed += press_tab(name, binary, folder)
            if name == "fish":
                failed += ask_fish(binary, folder)
    print(f"{tried} shells, {failed} failed")
    sys.exit(1 if failed or tried == 0 else 0)


if __name__ == "__main__":
    main()
