# What people paste in the walk: whose it is, what it can't decide, and what was asked stands there again.

NAME several people's outputs stay apart, the last one counts, and the record tells whose it was
FILE books/demo/gate.yaml
|format: 1
|title: The gate answers 5xx
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the gate fails]
|inputs: {port: {}}
|causes:
|  changed: {title: The gate was changed, seen: common, explain: Somebody changed it., fix: Change it back., docs: [/azure/test]}
|  worn: {title: The gate is worn out, seen: common, explain: It is old., fix: Buy a new one., docs: [/azure/test]}
|steps:
|  gate:
|    probe: http
|    with: {url: "http://127.0.0.1:${port}/status/503"}
|    symptom: true
|    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: broken}]
|  name:
|    probe: dns
|    from: client
|    with: {name: gate.contoso.com}
|    outcomes:
|      - {name: private, when: {class: private}, given: {worn: usually, otherwise: sometimes}}
|      - {name: public, when: {class: public}}
RUN printf 'f\nf Anna\np name\nName:    gate.contoso.com\nAddress:  10.1.2.3\n.\nf Ben\np name\nName:    gate.contoso.com\nAddress:  20.1.2.3\n.\nf\nq\n' | aztriage walk --playbooks books gate $HTTP_PORT --no-reference --here outside
RUN aztriage case show
EXIT 0
EXPECT nobody has pasted anything yet
EXPECT what is pasted from now on is from Anna
EXPECT (differs, so it depends on the place)
EXPECT name  Anna:
EXPECT name  Ben:
EXPECT now it is Ben
EXPECT the output of name is from Ben

NAME an output that fits none for sure decides nothing, and the question stays
FILE books/demo/gate.yaml
|format: 1
|title: The gate answers 5xx
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the gate fails]
|inputs: {port: {}}
|causes:
|  changed: {title: The gate was changed, seen: common, explain: Somebody changed it., fix: Change it back., docs: [/azure/test]}
|  worn: {title: The gate is worn out, seen: common, explain: It is old., fix: Buy a new one., docs: [/azure/test]}
|steps:
|  gate:
|    probe: http
|    with: {url: "http://127.0.0.1:${port}/status/503"}
|    symptom: true
|    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: broken}]
|  login:
|    probe: sql
|    from: client
|    with: {host: gate.contoso.com}
|    outcomes:
|      - {name: silent, when: {failure.kind: tcp-timeout}, given: {worn: 0.95, otherwise: 0.05}}
|      - {name: refused, when: {error.code: 18456}}
|      - {name: other}
RUN printf 'p\nConnection to gate.contoso.com 1433 port [tcp/*] succeeded!\n.\n\np\nnc: connect to gate.contoso.com port 1433 (tcp) failed: Connection timed out\n.\nq\n' | aztriage walk --playbooks books gate $HTTP_PORT --no-reference --here outside > out
RUN cat out; echo "asked $(grep -c 'Ask the customer' out) times"
EXPECT too little is in it to tell which of them it is: choose by its number or name
EXPECT asked 2 times
EXPECT login              nc: connect to gate.contoso.com port 1433
