NAME a failure: what it means, what it comes from, what to look at next
RUN aztriage explain tcp-reset
EXPECT tcp-reset  the connection was cut
EXPECT often since
EXPECT look at
EXPECT probe tls:

NAME the playbooks that look at a failure come from the catalogue
FILE over/shop/down.yaml
|format: 1
|title: The shop is down
|summary: It does not answer.
|reviewed: 2026-11-20
|symptoms: [shop is down]
|inputs: {endpoint: {}}
|causes:
|  stopped: {title: It is stopped, seen: common, explain: It was stopped., fix: Start it.}
|  closed: {title: It is closed, seen: common, explain: It is closed., fix: Open it.}
|steps:
|  edge:
|    probe: tcp
|    with: {host: "${endpoint}", port: 443}
|    symptom: true
|    outcomes:
|      - {name: cut-off, when: {failure.kind: tcp-reset}, given: {stopped: usually, otherwise: rarely}}
|      - {name: fine, fine: true, when: {answered: true}}
|      - {name: other}
RUN aztriage explain tcp-reset --playbooks over -o json | python3 -c 'import json,sys; print(json.load(sys.stdin)["explained"][0]["matches"][0]["outcomes"])'; aztriage explain shop/down#stopped --playbooks over
EXPECT {'playbook': 'shop/down', 'step': 'edge', 'outcome': 'cut-off'}
EXPECT shop/down#stopped  It is stopped
EXPECT shown by

NAME the same as JSON
RUN aztriage explain tcp-refused -o json
EXPECT_JSON schema=1
EXPECT_JSON explained.0.exact=true
EXPECT_JSON explained.0.matches.0.kind=failure
EXPECT_JSON explained.0.matches.0.name=tcp-refused

NAME several at once
RUN aztriage explain tcp-reset tls-alert -o json
EXPECT_JSON explained.0.query=tcp-reset
EXPECT_JSON explained.1.matches.0.name=tls-alert

NAME every failure can be explained
RUN aztriage explain --list -o json | python3 -c 'import json,sys; print("\n".join(f["name"] for f in json.load(sys.stdin)["failures"]))' > names; xargs aztriage explain < names > out; echo "code $?"; test "$(grep -c 'often since' out)" = "$(wc -l < names)" && echo all
EXPECT code 0
EXPECT all

NAME a code of a log, with its causes
RUN aztriage explain OriginTimeout -o json
EXPECT_JSON explained.0.matches.0.kind=code
EXPECT_JSON explained.0.matches.0.family=front-door
EXPECT_JSON explained.0.matches.0.causes.0.ref=front-door/5xx-from-edge#origin-timeout

NAME the same for people
RUN aztriage explain origintimeout
EXPECT OriginTimeout  The time-out for the request
EXPECT front-door/5xx-from-edge#origin-timeout: 
EXPECT aztriage walk front-door/5xx-from-edge

NAME a message without quotes
RUN aztriage explain 403 Site Disabled -o json
EXPECT_JSON explained.0.query=403 Site Disabled
EXPECT_JSON explained.0.matches.0.name=403 Site Disabled

NAME a system's code in a message
RUN aztriage explain 'connect ECONNREFUSED 10.0.0.4:6380' -o json
EXPECT_JSON explained.0.matches.0.name=tcp-refused

NAME a cause by its place
RUN aztriage explain front-door/5xx-from-edge#name-check -o json
EXPECT_JSON explained.0.matches.0.kind=cause
EXPECT_JSON explained.0.matches.0.name=front-door/5xx-from-edge#name-check

NAME what is not known gets the nearest
RUN aztriage explain tcp-rest
EXIT 3
EXPECT_ERR nothing is known of 'tcp-rest'
EXPECT_ERR did you mean 'tcp-reset'

NAME the same as JSON is one document
RUN aztriage explain tcp-rest -o json
EXIT 3
EXPECT_JSON explained.0.nearest.0=tcp-reset

NAME one of several that is not known
RUN aztriage explain tcp-reset frobnicate
EXIT 3
EXPECT tcp-reset
EXPECT_ERR frobnicate

NAME the list for people
RUN aztriage explain --list
EXPECT failures
EXPECT tls-certificate
EXPECT front-door

NAME nothing to explain
RUN aztriage explain
EXIT 2
EXPECT_ERR nothing to explain

NAME a list of something
RUN aztriage explain --list tcp-reset -o json
EXIT 2
EXPECT_JSON schema=1

NAME control characters in a query reach no terminal
RUN aztriage explain "$(printf 'a\033[31mb')"
EXIT 3
EXPECT_ERR \x1b[31m
