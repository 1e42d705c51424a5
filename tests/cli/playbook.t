NAME the list has ids and titles
RUN aztriage playbook list
EXPECT app-service/site-5xx
EXPECT front-door/5xx-from-edge

NAME the list as JSON says where each came from
RUN aztriage playbook list -o json
EXPECT_JSON playbooks.0.origin=built in

NAME show finds a playbook by a part of its id
RUN aztriage playbook show 5xx-from
EXPECT front-door/5xx-from-edge
EXPECT inputs
EXPECT endpoint
EXPECT causes

NAME show as JSON has every input filled in
RUN aztriage playbook show front-door/5xx-from-edge -o json
EXPECT_JSON schema=1
EXPECT_JSON id=front-door/5xx-from-edge
EXPECT_JSON inputs.endpoint.type=host
EXPECT_JSON inputs.endpoint.optional=false
EXPECT_JSON inputs.endpoint.secret=false
EXPECT_JSON format=1

NAME an unknown playbook gets the nearest
RUN aztriage playbook show front-door/5xx-form-edge -o json
EXIT 2
EXPECT_JSON schema=1
EXPECT_ERR front-door/5xx-from-edge

NAME an ambiguous part says which there are
RUN aztriage playbook show -- -
EXIT 2
EXPECT_ERR can mean several playbooks
EXPECT_ERR say which

NAME the built-in playbooks have no mistakes
RUN aztriage playbook lint
EXPECT_ERR 0 errors

NAME a mistake has its place, a caret and a hint
FILE shop/slow.yaml
|format: 1
|title: Slow shop
|steps:
|  ping:
|    probe: tpc
RUN aztriage playbook lint shop/slow.yaml
EXIT 2
EXPECT shop/slow.yaml:5:12: error[P012]
EXPECT probe: tpc
EXPECT ^~~
EXPECT did you mean 'tcp'?

NAME the same as JSON
FILE shop/slow.yaml
|format: 1
|title: Slow shop
|steps:
|  ping:
|    probe: tpc
RUN aztriage playbook lint shop/slow.yaml -o json
EXIT 2
EXPECT_JSON schema=1
EXPECT_JSON files=1
EXPECT_JSON diagnostics.0.file=shop/slow.yaml

NAME a secret in a playbook that is not fit yet is not shown
FILE shop/slow.yaml
|format: 1
|title: Slow shop
|AccountKey=Sesame-Open-1234: x
RUN aztriage playbook lint shop/slow.yaml; aztriage playbook lint shop/slow.yaml -o json
EXIT 2
EXPECT AccountKey=***
EXPECT_NOT Sesame

NAME a folder means the playbooks in it
FILE mine/shop/slow.yaml
|format: 2
RUN aztriage playbook lint mine
EXIT 2
EXPECT mine/shop/slow.yaml:1

NAME a playbook that is not there
RUN aztriage playbook lint nowhere.yaml -o json
EXIT 2
EXPECT_JSON errors=1

NAME a playbook that may not be read
FILE x/locked.yaml
|format: 1
RUN rm x/locked.yaml; mkdir x/locked.yaml; aztriage playbook show x/locked.yaml -o json
EXIT 2
EXPECT_JSON schema=1

NAME a huge playbook
RUN mkdir x; head -c 3000000 /dev/zero | tr '\0' 'a' > x/huge.yaml; aztriage playbook lint x/huge.yaml -o json
EXIT 2
EXPECT_JSON errors=1

NAME a binary playbook
RUN mkdir x; head -c 4096 $(command -v aztriage) > x/binary.yaml; aztriage playbook lint x/binary.yaml -o json
EXIT 2
EXPECT_JSON schema=1
EXPECT_JSON files=1

NAME a playbook of endless depth
RUN mkdir x; head -c 100000 /dev/zero | tr '\0' '[' > x/deep.yaml; aztriage playbook lint x/deep.yaml -o json
EXIT 2
EXPECT_JSON schema=1

NAME aliases that explode
FILE x/bomb.yaml
|format: 1
|a: &a [x, x, x, x, x, x, x, x, x, x]
|b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
|c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
|d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
|e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]
|f: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e, *e]
|title: [*f, *f, *f, *f, *f, *f, *f, *f, *f, *f]
RUN aztriage playbook lint x/bomb.yaml -o json
EXIT 2
EXPECT_JSON schema=1

NAME steps that wait for each other
FILE x/cycle.yaml
|format: 1
|title: A circle
|steps:
|  a:
|    probe: tcp
|    with: {host: "${b.address}", port: 443}
|    outcomes: [{name: any}]
|  b:
|    probe: tcp
|    with: {host: "${a.address}", port: 443}
|    outcomes: [{name: any}]
RUN aztriage playbook lint x/cycle.yaml
EXIT 2
EXPECT error[

NAME an overlay adds a playbook, and one that replaces another is named
FILE over/front-door/5xx-from-edge.yaml
|format: 1
|title: Ours
|causes: {a: {title: A, fix: Do it.}}
|steps: {s: {question: Is it so?, answers: [{name: yes, given: {a: always, otherwise: never}}, {name: no}]}}
RUN aztriage playbook list --playbooks over
EXPECT Ours
EXPECT replaces the one built in

NAME an overlay folder that is not there
RUN aztriage playbook list --playbooks nowhere -o json
EXIT 2
EXPECT_JSON schema=1
EXPECT_ERR --playbooks: 'nowhere' does not exist

NAME the user's own folder counts without being named
FILE config/aztriage/playbooks/shop/ours.yaml
|format: 1
|title: Our own
|causes: {a: {title: A, fix: Do it.}}
|steps: {s: {question: Is it so?, answers: [{name: yes, given: {a: always, otherwise: never}}, {name: no}]}}
RUN aztriage playbook list
EXPECT shop/ours

NAME a playbook in the current folder is not loaded by itself
FILE shop/ours.yaml
|format: 1
|title: Not this one
RUN aztriage playbook list
EXPECT_NOT Not this one

NAME schemas are JSON
RUN for of in run suite probe compare explain playbook; do aztriage playbook schema --of $of | python3 -c 'import json,sys; print(json.load(sys.stdin)["$schema"])' || exit 9; done
EXPECT https://json-schema.org/draft/2020-12/schema

NAME recorded cases are judged
RUN aztriage playbook test --cases $SOURCE/tests/playbooks -o json
EXPECT_JSON failed=0

NAME what recorded cases leave out is told
FILE cases/app-service/site-5xx.yaml
|- name: nothing was seen
|  inputs: {endpoint: shop.contoso.com}
|  expect: {verdict: inconclusive}
RUN aztriage playbook test site-5xx --cases cases --coverage
EXPECT playbook              outcomes      causes        cases  healthy  inconclusive
EXPECT app-service/site-5xx  0 of
EXPECT no case is healthy
EXPECT no case isolates cause 'front-proxy'
EXPECT 1 passed, 0 failed

NAME what recorded cases leave out, as JSON
FILE cases/app-service/site-5xx.yaml
|- name: nothing was seen
|  inputs: {endpoint: shop.contoso.com}
|  expect: {verdict: inconclusive}
RUN aztriage playbook test site-5xx --cases cases --coverage -o json
EXPECT_JSON coverage.0.playbook=app-service/site-5xx
EXPECT_JSON coverage.0.inconclusive=1

NAME without a folder of cases
RUN aztriage playbook test -o json
EXIT 2
EXPECT_JSON error.what=--cases is missing

NAME a folder of cases that is none
RUN aztriage playbook test --cases nowhere
EXIT 2
EXPECT_ERR is no folder

NAME a case that expects one of several verdicts
FILE cases/app-service/site-5xx.yaml
|- name: nothing was seen
|  inputs: {endpoint: shop.contoso.com}
|  expect: {verdict: [unlisted, inconclusive]}
|- name: something else
|  inputs: {endpoint: shop.contoso.com}
|  expect: {verdict: [unlisted, healthy]}
RUN aztriage playbook test site-5xx --cases cases
EXIT 1
EXPECT verdict: expected unlisted or healthy, got inconclusive
EXPECT 1 passed, 1 failed

NAME a case that expects a verdict that does not exist
FILE cases/app-service/site-5xx.yaml
|- name: nothing was seen
|  expect: {verdict: [unlisted, health]}
RUN aztriage playbook test site-5xx --cases cases
EXIT 2
EXPECT_ERR unknown verdict 'health'

NAME a case that expects something else fails
FILE cases/app-service/site-5xx.yaml
|- name: nothing was seen
|  inputs: {host: shop.contoso.com}
|  expect: {verdict: isolated}
RUN aztriage playbook test site-5xx --cases cases
EXIT 1
EXPECT FAILED
EXPECT verdict: expected isolated

NAME a picture of a playbook for Mermaid
FILE my/shop/slow.yaml
|format: 1
|title: Slow
|causes:
|  a: {title: 'A "quoted" <title> & more', fix: Do it.}
|  b: {title: B, fix: Do it., see: front-door/5xx-from-edge}
|steps:
|  page:
|    probe: http
|    with: {url: "https://shop.contoso.com/"}
|    symptom: true
|    outcomes:
|      - {name: served, fine: true, when: {status: 200}}
|      - {name: silent, when: {failure.kind: tcp-timeout}, given: {a: usually, otherwise: rarely}}
|      - {name: named, when: {headers.x-fault: b}, exact: true, given: {b: 0.9, otherwise: impossible}}
|      - {name: other}
|  why:
|    question: Is it so?
|    requires: {page: [silent, other]}
|    answers: [{name: yes, given: {a: always, otherwise: never}}, {name: no}]
RUN aztriage playbook graph my/shop/slow.yaml
EXPECT flowchart LR
EXPECT s0["page<br/>http"]
EXPECT s1{{"why<br/>question"}}
EXPECT c0(["A #quot;quoted#quot; #lt;title#gt; #amp; more"])
EXPECT c1(["B<br/>see front-door/5xx-from-edge"])
EXPECT s0 -.->|"silent, other"| s1
EXPECT s0 -->|"silent"| c0
EXPECT s0 ==>|"named"| c1
EXPECT s1 -->|"yes"| c0
EXPECT_NOT c1 -

NAME a picture of a playbook for Graphviz
FILE my/shop/slow.yaml
|format: 1
|title: Slow
|causes: {a: {title: 'A "quoted" \ title', fix: Do it.}}
|steps:
|  why:
|    question: Is it so?
|    answers: [{name: yes, given: {a: always, otherwise: never}}, {name: no}]
RUN aztriage playbook graph my/shop/slow.yaml --format dot
EXPECT digraph "shop/slow"
EXPECT c0 [label="A \"quoted\" \\ title", shape=oval];
EXPECT s0 [label="why\nquestion", shape=hexagon];
EXPECT s0 -> c0 [label="yes"];

NAME a picture is asked for in a format that there is
RUN aztriage playbook graph site-5xx -o svg
EXIT 2
EXPECT_ERR mermaid, dot

NAME a new playbook is clean
RUN aztriage playbook new shop/slow-page --playbooks my && aztriage playbook lint shop/slow-page --playbooks my && aztriage playbook show shop/slow-page --playbooks my
EXPECT my/shop/slow-page.yaml
EXPECT The page does not open
EXPECT_NOT warning
EXPECT_ERR 1 file, 0 errors, 0 warnings

NAME a new playbook goes into the user's own folder
RUN aztriage playbook new shop/slow-page && aztriage playbook list
EXPECT config/aztriage/playbooks/shop/slow-page.yaml
EXPECT shop/slow-page

NAME a new playbook overwrites nothing
FILE my/shop/slow.yaml
|mine
RUN aztriage playbook new shop/slow --playbooks my; echo "code $?"; cat my/shop/slow.yaml
EXPECT code 2
EXPECT mine
EXPECT_ERR exists already

NAME a new playbook has a name
RUN for name in slow Shop/slow shop/../slow shop/a/b shop/codes; do aztriage playbook new $name --playbooks my; echo "code $?"; done; ls my 2>/dev/null; true
EXPECT code 2
EXPECT_NOT slow
EXPECT_ERR is no name of a playbook
