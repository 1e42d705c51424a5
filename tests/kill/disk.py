"""Disks that fill, break or can't be written, cases that are damaged or open twice: `disk.py BINARY [NAME...]`.

What needs a file system of its own mounts a small one in a mount namespace; where that is not allowed it counts as skipped.
"""

import argparse
import os
import pathlib
import random
import re
import resource
import subprocess
import sys
import tempfile

from screen import Home, Trouble, check, events_of, serving, shown_outcomes

INSIDE = "AZTRIAGE_TEST_INSIDE"


def command(home, *words, code=0, **more):
    done = subprocess.run([home.binary, *words], env=home.environment | more, capture_output=True, text=True, errors="replace", timeout=300)
    check(code is None or done.returncode == code, f"{words}: exit code {done.returncode}, not {code}\n{done.stdout}{done.stderr}")
    check(done.returncode >= 0, f"{words} was killed by signal {-done.returncode}")
    return done


def notes_of(path):
    return [e["text"] for e in events_of(path)[0] if e["event"] == "note"]


def note_until(screen, wanted, most=400):
    """Takes notes until something is said; how many."""
    taken = 0
    while wanted not in screen.text():
        check(taken < most, f"never said: {wanted}\n{screen.text()[-2000:]}")
        taken += 1
        screen.send(f"n number {taken} " + "x" * 200)
        check(screen.wait_for(lambda: screen.text().count("\n  noted\n") >= taken or screen.over), "the note is not taken")
    return taken


def fills_and_gets_room(home, fill_from, give_room):
    """A walk whose disk fills goes on, says so, and misses nothing once there is room."""
    screen = home.walk(fill_from)
    screen.wait_for_prompt()
    path = home.path(screen.case_id())
    taken = note_until(screen, "NOT RECORDED since")
    check(len(notes_of(path)) < taken, "it was recorded after all")
    check(events_of(path)[1] == b"", "half a line stands in the file")
    give_room(screen)
    screen.send("n there is room again")
    check(screen.wait_for(lambda: screen.text().count("\n  noted\n") > taken), "the note is not taken")
    check(screen.wait_for(lambda: "recorded again; nothing is missing" in screen.text()), screen.text()[-2000:])
    screen.leave()
    notes = notes_of(path)
    check([note.split()[1] for note in notes[:-1]] == [str(i + 1) for i in range(taken)], f"{taken} notes, on the case {notes}")
    check(notes[-1] == "there is room again", "the last note is missing")


def limit_of_file_size(home):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (24_000, resource.RLIM_INFINITY))

    fills_and_gets_room(home, limit, lambda screen: resource.prlimit(
        screen.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)))


def nothing_can_be_written(home):
    """No room from the start, and a folder that can't be made: the walk goes on, says so, and leaves no file."""
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))

    for before, state in ((limit, None), (None, "/dev/null/state")):
        if state:
            home.environment["XDG_STATE_HOME"] = state
        screen = home.walk(before)
        screen.wait_for_prompt()
        check("NOT RECORDED: " in screen.text(), screen.text())
        check("on disk" not in screen.text(), "it claims that it records")
        screen.answer("1")
        screen.leave()
    check(not list(home.state.rglob("*.jsonl")), "a file without a first line was left")


def killed_while_full(home):
    """What was shown before it said that it does not record is in the file."""
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (24_000, resource.RLIM_INFINITY))

    screen = home.walk(limit)
    screen.wait_for_prompt()
    note_until(screen, "NOT RECORDED since")
    screen.kill()
    path = home.path(screen.case_id())
    events, torn = events_of(path)
    check(torn == b"", "half a line stands in the file")
    recorded = {e["step"] for e in events if e["event"] == "outcome"}
    early = screen.text().split("NOT RECORDED since")[0]
    check({step for step, _ in shown_outcomes(early)} <= recorded, "a look that was shown is missing")
    resumed = home.resume(screen.case_id())
    resumed.wait_for_prompt()
    resumed.leave()


def small_disk(home):
    home.state.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48k", "tmpfs", home.state], check=True)
    fills_and_gets_room(home, None, lambda screen: subprocess.run(
        ["mount", "-o", "remount,size=4m", home.state], check=True))


def read_only_home(home):
    """Without a place to write, walk, list, show and replay still work; what would write says why it can't."""
    folder = home.folder / "home"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], check=True)
    home.environment["HOME"] = str(folder)
    del home.environment["XDG_STATE_HOME"]
    screen = home.walk()
    screen.wait_for_prompt()
    screen.answer("1")
    case_id = screen.case_id()
    screen.leave()
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
    screen = home.walk()
    screen.wait_for_prompt()
    check("NOT RECORDED" in screen.text() and "read-only" in screen.text(), screen.text())
    screen.leave()
    check(case_id in command(home, "case", "list").stdout, "the case is not listed")
    command(home, "case", "show", case_id)
    command(home, "run", "--replay", case_id, "--playbooks", str(home.books), code=None)
    for words in (["note", case_id, "too late"], ["resume", case_id], ["delete", "--yes", case_id]):
        done = command(home, "case", *words, code=None)
        check(done.returncode in (2, 4) and "read-only" in done.stderr, f"{words}: {done.returncode} {done.stderr}")


def two_processes(home):
    screen = home.walk()
    screen.wait_for_prompt()
    case_id = screen.case_id()
    for words in (["resume", case_id], ["note", case_id, "from elsewhere"], ["verify", case_id], ["delete", "--yes", case_id]):
        done = command(home, "case", *words, code=None)
        check(done.returncode != 0 and "Traceback" not in done.stderr, f"{words} was let in")
        if words[0] != "verify":
            check("is open in" in done.stderr, f"{words}: {done.stderr}")
    check(str(screen.pid) in command(home, "case", "note", case_id, "x", code=2).stderr, "the process is not named")
    check("gate" in command(home, "case", "show", case_id).stdout, "it can't be read meanwhile")
    screen.answer("n from here")
    screen.kill()
    check(notes_of(home.path(case_id)) == ["from here"], "the other process wrote")
    command(home, "case", "note", case_id, "afterwards")
    check(notes_of(home.path(case_id)) == ["from here", "afterwards"], "the lock outlived its process")


def recorded(home):
    screen = home.walk()
    screen.wait_for_prompt()
    for reply in ("1", "n the customer calls back", "2", "d", "1"):
        screen.answer(reply)
    screen.leave()
    return screen.case_id()


def damaged(home):
    """Bytes flipped, and the end missing: what can be read is kept, and the rest is said."""
    path = home.path(recorded(home))
    whole = path.read_bytes()
    first = whole.index(b"\n") + 1
    outcomes = [e["say"] for e in events_of(path)[0] if e["event"] == "outcome" and e["say"]]
    dice = random.Random(7)
    for number in range(24):
        data = bytearray(whole)
        at = dice.randrange(first, len(data))
        if number % 3 == 0:
            del data[at:]
        else:
            data[at] ^= dice.choice([1, 2, 16, 128])
        path.write_bytes(data)
        done = command(home, "case", "show", path.stem)
        lines = whole[:at].count(b"\n")
        kept = sum(outcome in done.stdout for outcome in outcomes)
        told = [e for e in whole[:at].split(b"\n")[:lines] if b'"event":"outcome"' in e]
        check(kept >= min(len(told), len(outcomes)) - 1, f"of {len(told)} looks before byte {at}, {kept} are shown")
        if number % 3 == 0 and not whole[:at].endswith(b"\n") and whole[at:at + 1] != b"\n":
            check("torn" in done.stderr, f"cut at {at}, and nothing is said: {done.stderr}")
        for words in (["case", "list"], ["case", "export"], ["run", "--replay", path.stem, "--playbooks", str(home.books)]):
            done = command(home, *words, code=None)
            check(done.returncode in (0, 1, 3), f"byte {at}, {words}: {done.returncode} {done.stderr}")
    path.write_bytes(whole[first:])
    check("does not begin as a case does" in command(home, "case", "show", path.stem, code=2).stderr, "no first line, and nothing said")


def huge(home):
    path = home.path(recorded(home))
    whole = path.read_bytes()
    note = b'{"event":"note","at":"2026-11-24T14:02:03Z","text":"again"}\n'
    path.write_bytes(whole + note * 100_001)
    done = command(home, "case", "show", path.stem)
    check("more than 100,000 events" in done.stderr, done.stderr)
    check(done.stdout.count("note: again") > 99_000, "what can be read is not shown")
    with path.open("ab") as file:
        file.truncate(65 << 20)
    check("larger than 64 MiB" in command(home, "case", "show", path.stem, code=2).stderr, "65 MiB are taken for a case")
    check(path.stem in command(home, "case", "list").stderr, "the list does not say that it can't read it")


PLAIN = {"limit": limit_of_file_size, "unwritable": nothing_can_be_written, "killed": killed_while_full, "two": two_processes,
         "damaged": damaged, "huge": huge}
MOUNTED = {"small-disk": small_disk, "read-only": read_only_home}


def inside(name, binary):
    """Runs one in a mount namespace of its own; None where there can be none."""
    how = ["unshare", "--mount"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
    if subprocess.run([*how, "sh", "-c", "mount -t tmpfs tmpfs /mnt"], capture_output=True, check=False).returncode != 0:
        return None
    done = subprocess.run([*how, sys.executable, __file__, binary, name], env=os.environ | {INSIDE: "1"}, check=False)
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("names", nargs="*", default=[*PLAIN, *MOUNTED])
    options = parser.parse_args()
    binary = str(pathlib.Path(options.binary).resolve())
    failed = skipped = 0
    for name in options.names:
        if name in MOUNTED and INSIDE not in os.environ:
            result = inside(name, binary)
            failed += result is False
            skipped += result is None
            if result is None:
                print(f"skipped {name}: no mount namespace here")
            continue
        with tempfile.TemporaryDirectory() as folder, serving() as port:
            try:
                {**PLAIN, **MOUNTED}[name](Home(folder, binary, port))
            except Trouble as trouble:
                failed += 1
                print(f"FAILED {name}: {trouble}")
            finally:
                if INSIDE in os.environ:
                    for mounted in re.findall(re.escape(folder) + r"\S*", pathlib.Path("/proc/mounts").read_text()):
                        subprocess.run(["umount", "-l", mounted], check=False)
    if INSIDE in os.environ:
        return 1 if failed else 0
    print(f"{len(options.names)} kinds of trouble: {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
