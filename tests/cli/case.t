# Cases: what a walk or run leaves behind, and what is done with it. The playbooks are in books/.

NAME a walk is recorded without being asked, and told with its times, answers, notes and pins
RUN printf 'n the customer calls back at three\nx worn\n- worn\np rules\n{"state": "shut"}\n.\np rules\nbash: az: command not found\n.\nb rules\ns\nsame\ne\nq\n' | aztriage walk --playbooks $SOURCE/tests/cli/books gate $HTTP_PORT --no-reference --here client --ticket T-1042 > walk.txt
RUN aztriage case show
EXPECT demo/gate    case
EXPECT ticket T-1042
EXPECT note: the customer calls back at three
EXPECT > worn: excluded
EXPECT > worn: as likely as it is
EXPECT > rules: an output was pasted, 1 line
EXPECT which could not be read
EXPECT > rules: asked again
EXPECT > recent: same
EXPECT > everything was shown, for engineering
EXPECT -- ended: left, exit code

NAME the list has the newest first, with its verdict and ticket
RUN aztriage run --playbooks $SOURCE/tests/cli/books gate $HTTP_PORT --no-reference --record --ticket T-1 -a recent=changed -q > /dev/null
RUN sleep 0.01; aztriage run --playbooks $SOURCE/tests/cli/books hinge $HTTP_PORT --no-reference --record -q > /dev/null
RUN aztriage case list
RUN aztriage case list -o json | python3 -c 'import json, sys; cases = json.load(sys.stdin)["cases"]; print([(c["playbook"], c["mode"], c["verdict"], c["cause"], c["ticket"], c["ended"]) for c in cases])'
EXPECT isolated changed  T-1
EXPECT [('demo/hinge', 'run', 'inconclusive', 'rusty', None, True), ('demo/gate', 'run', 'isolated', 'changed', 'T-1', True)]

NAME without a case the list is empty and says how there will be one
RUN aztriage case list
EXPECT_ERR 'aztriage walk' records each one

NAME without a case the list is a document, too
RUN aztriage case list -o json
EXPECT_JSON cases=[]

NAME a recorded run is judged again, without a network, to the same verdict
RUN aztriage run --playbooks $SOURCE/tests/cli/books gate $HTTP_PORT --no-reference --record -a recent=changed -o json > a.json
RUN aztriage run --playbooks $SOURCE/tests/cli/books --replay "$(aztriage case list -o json | python3 -c 'import json, sys; print(json.load(sys.stdin)["cases"][0]["id"])')" -o json > b.json
RUN python3 -c 'import json; a, b = json.load(open("a.json")), json.load(open("b.json")); print([k for k in ("verdict", "reason", "symptom", "cause", "causes", "inputs", "here", "case") if a[k] != b[k]], b["verdict"])'
EXPECT [] isolated

NAME a file is judged again, too, and today's playbook counts
RUN aztriage run --playbooks $SOURCE/tests/cli/books gate $HTTP_PORT --no-reference --record -a recent=changed -q > /dev/null
RUN aztriage case export ./moved.jsonl; aztriage case delete --older 12h --yes; rm -r .local
RUN cp -r $SOURCE/tests/cli/books books; sed -i '/^  recent:/,/^  paint:/s/otherwise: 0.01/otherwise: 0.9/' books/demo/gate.yaml
RUN aztriage run --playbooks books --replay ./moved.jsonl -o json
EXIT 3
EXPECT_JSON verdict=inconclusive
EXPECT_JSON case=moved

NAME export and import are the same to the last byte, and the same case is known again
RUN aztriage run --playbooks $SOURCE/tests/cli/books gate $HTTP_PORT --no-reference --record -q > /dev/null
RUN aztriage case export ./one.jsonl; aztriage case import one.jsonl > same; id=$(cat same); aztriage case delete --yes $id
RUN aztriage case import one.jsonl | cmp - same && aztriage case export $id | cmp - one.jsonl && echo identical
RUN stat -c %a .local/state/aztriage/cases .local/state/aztriage/cases/*.jsonl
EXPECT identical
EXPECT 700
EXPECT 600
EXPECT_ERR it was there already

NAME an export takes no file's place
RUN aztriage run --playbooks $SOURCE/tests/cli/books gate $HTTP_PORT --no-reference --record -q > /dev/null; echo mine > here.jsonl; aztriage case export here.jsonl
EXIT 2
EXPECT_ERR is there already

NAME what is no case is not imported
RUN echo hello > x.jsonl; aztriage case import x.jsonl
EXIT 2
EXPECT_ERR it does not begin as a case does

NAME a note is taken later, masked, and from standard input
RUN aztriage run --playbooks $SOURCE/tests/cli/books gate $HTTP_PORT --no-reference --record -q > /dev/null
RUN aztriage case note 'the key is https://a.blob.core.windows.net/c?sv=2022-11-02&sig=c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0MTI%3D'; echo 'from a mail' | aztriage case note "$(ls .local/state/aztriage/cases | cut -d. -f1)" -
RUN aztriage case show; grep -c c2VjcmV0 .local/state/aztriage/cases/*
EXIT 1
EXPECT note: the key is
EXPECT note: from a mail

NAME nothing is deleted without a yes
RUN aztriage run --playbooks $SOURCE/tests/cli/books gate $HTTP_PORT --no-reference --record -q > /dev/null; aztriage case delete "$(ls .local/state/aztriage/cases | cut -d. -f1)"
EXIT 2
EXPECT_ERR --yes does it without asking

NAME only what is old enough is deleted by its age
RUN aztriage run --playbooks $SOURCE/tests/cli/books gate $HTTP_PORT --no-reference --record -q > /dev/null; aztriage case delete --older 90d --yes; aztriage case list
EXPECT demo/gate
EXPECT_ERR no case is that old

NAME an age that is none is refused
RUN aztriage case delete --older soon --yes
EXIT 2
EXPECT_ERR such as 12h, 90d or 8w

NAME an unknown id gets what there is
RUN aztriage run --playbooks $SOURCE/tests/cli/books gate $HTTP_PORT --no-reference --record -q > /dev/null; aztriage case show 0zzz
EXIT 2
EXPECT_ERR 0zzz

NAME a walk goes on at the same question, with its answers, notes and the customer's shell
RUN printf 'n said before\nh pod\nd\n' | aztriage walk --playbooks $SOURCE/tests/cli/books gate $HTTP_PORT --no-reference --here client > walk.txt
RUN printf 'n\nq\n' | aztriage case resume
EXIT 3
EXPECT demo/gate, reviewed 2026-11-24
EXPECT > recent: don't know
EXPECT > commands from now on for pod
EXPECT Is the paint fresh?
EXPECT said before

NAME a walk goes on in its second playbook, and both are on the case
RUN printf 'changed\ng\n' | aztriage walk --playbooks $SOURCE/tests/cli/books gate $HTTP_PORT --no-reference --here client > walk.txt
RUN printf 'never\nq\n' | aztriage case resume; aztriage case show; ls .local/state/aztriage/cases | wc -l
EXPECT When was it oiled?
EXPECT rusty: The hinge is rusty
EXPECT -- ended: on in demo/hinge, exit code 1 --
EXPECT demo/hinge    case
EXPECT -- resumed --

NAME a walk that was resumed goes on in another playbook, on the same case
RUN printf 'changed\n' | aztriage walk --playbooks $SOURCE/tests/cli/books gate $HTTP_PORT --no-reference --here client > walk.txt
RUN printf 'n from the second part\ng\nnever\ne\nq\n' | aztriage case resume --playbooks $SOURCE/tests/cli/books; ls .local/state/aztriage/cases | wc -l; aztriage case list
EXIT 0
EXPECT rusty: The hinge is rusty
EXPECT from the second part
EXPECT demo/hinge

NAME a workaround that is being tried is verified after the walk was resumed
RUN printf 'changed\nt\n' | aztriage walk --playbooks $SOURCE/tests/cli/books gate $HTTP_PORT --no-reference --here client > walk.txt
RUN printf 'v yes\nq\n' | aztriage case resume
EXPECT the workaround of changed is being tried
EXPECT CONFIRMED

NAME a walk whose workaround is verified stands there when it is resumed
RUN printf 'changed\nv yes\n' | aztriage walk --playbooks $SOURCE/tests/cli/books gate $HTTP_PORT --no-reference --here client > walk.txt
RUN printf 'q\n' | aztriage case resume
EXPECT the workaround of changed helped

NAME a workaround is verified later: it is fine now
RUN printf 'changed\nq\n' | aztriage walk --playbooks $SOURCE/tests/cli/books gate $HTTP_PORT /heals/later/1 --no-reference --here client > walk.txt
RUN aztriage case verify; aztriage case show; aztriage case list
EXPECT changed: CONFIRMED
EXPECT > the workaround of changed helped
EXPECT isolated changed, confirmed

NAME a workaround is verified later: not yet
RUN printf 'changed\nq\n' | aztriage walk --playbooks $SOURCE/tests/cli/books gate $HTTP_PORT --no-reference --here client > walk.txt
RUN aztriage case verify -o json
EXIT 1
EXPECT_JSON verified=not-yet
EXPECT_JSON cause=changed

NAME where nothing was isolated there is nothing to verify
RUN printf 'q\n' | aztriage walk --playbooks $SOURCE/tests/cli/books gate $HTTP_PORT --no-reference --here client > walk.txt; aztriage case verify
EXIT 2
EXPECT_ERR has come to no cause

NAME a secret input is on no case, and its place is kept
RUN printf 'q\n' | AZTRIAGE_INPUT_KEY=verysecretkey17 aztriage walk --playbooks $SOURCE/tests/cli/books gate $HTTP_PORT --no-reference --here client > walk.txt
RUN grep -rc verysecretkey17 .local walk.txt; aztriage case show -o jsonl | head -1 | python3 -c 'import json, sys; start = json.loads(sys.stdin.readline()); print(start["hidden"], start["schema"], start["mode"])'
EXPECT ['key'] 1 walk

NAME a walk that must not be recorded is not
RUN printf 'q\n' | aztriage walk --playbooks $SOURCE/tests/cli/books gate $HTTP_PORT --no-reference --here client --no-record > walk.txt; ls -A .local 2>/dev/null; aztriage case list
EXPECT_NOT jsonl
EXPECT_ERR there is no case yet

NAME TAB offers the cases with what they are
RUN aztriage run --playbooks $SOURCE/tests/cli/books gate $HTTP_PORT --no-reference --record -q > /dev/null
RUN id=$(ls .local/state/aztriage/cases | cut -d. -f1); aztriage __complete -- case resume ''; aztriage __complete -- case show ${id:0:2}; aztriage __complete -- run --replay ''
EXPECT demo/gate, 20

NAME every line of a case, and what the commands write, is as its schema says
NEEDS python3
RUN printf 'n text\nx worn\n- worn\nh pod\np rules\n{"state": "shut"}\n.\nb rules\ns\nchanged\nt\nv yes\n2\nsame\nc\ne\nq\n' | aztriage walk --playbooks $SOURCE/tests/cli/books gate $HTTP_PORT --no-reference --here client > walk.txt
RUN for of in case case-list case-show case-verify; do aztriage playbook schema --of $of > $of.schema; done
RUN aztriage case list -o json > list.json; aztriage case show -o json > show.json; aztriage case verify -o json > verify.json; aztriage case export ./case.jsonl
RUN python3 $SOURCE/tests/cli/check_schema.py case-list.schema list.json case-show.schema show.json case-verify.schema verify.json case.schema case.jsonl
EXPECT all as their schemas say
