# A playbook of its own: the edge answers what the path says, the origin's port is closed, and one question is left.

NAME a walk shows the looks, asks, and takes an answer by its number
FILE books/demo/gate.yaml
|format: 1
|title: The gate answers 5xx
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the gate fails]
|inputs:
|  port: {}
|  path: {optional: true}
|causes:
|  changed: {title: The gate was changed, seen: common, explain: Somebody changed it., fix: Change it back., docs: [/azure/test], workaround: [{do: Put it back., takes: 1m, undo: Change it again.}]}
|  worn: {title: The gate is worn out, seen: common, explain: It is old., fix: Buy a new one., docs: [/azure/test]}
|steps:
|  gate:
|    probe: http
|    with: {url: "http://127.0.0.1:${port}/status/503"}
|    symptom: true
|    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: broken}]
|  recent:
|    question: Was the gate changed today?
|    answers:
|      - {name: changed, say: it was changed, given: {changed: always, otherwise: never}}
|      - {name: same, given: {changed: never, otherwise: always}}
|  painted:
|    question: Is the paint fresh?
|    answers:
|      - {name: fresh, given: {changed: usually, worn: never, otherwise: rarely}}
|      - {name: old, given: {changed: rarely, otherwise: usually}}
RUN printf '1\n1\nq\n' | aztriage walk --playbooks books gate $HTTP_PORT --no-reference --here client
EXIT 1
EXPECT demo/gate, reviewed 2026-11-24, from
EXPECT SEEN
EXPECT Was the gate changed today?
EXPECT 1 changed   2 same   d don't know
EXPECT ISOLATED
EXPECT changed: The gate was changed, over 95 %
EXPECT Put it back.

NAME a workaround that helped is verified: fine twice in a row, and then it is confirmed
FILE books/demo/gate.yaml
|format: 1
|title: The gate answers 5xx
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the gate fails]
|inputs: {port: {}}
|causes:
|  changed: {title: The gate was changed, seen: common, explain: Somebody changed it., fix: Change it back., docs: [/azure/test], verify: [gate], workaround: [{do: Put it back., takes: 1m, undo: Change it again.}]}
|  worn: {title: The gate is worn out, seen: common, explain: It is old., fix: Buy a new one., docs: [/azure/test]}
|steps:
|  gate:
|    probe: http
|    with: {url: "http://127.0.0.1:${port}/heals/confirmed/1"}
|    symptom: true
|    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: broken}]
|  recent:
|    question: Was the gate changed today?
|    answers:
|      - {name: changed, given: {changed: 0.99, otherwise: 0.01}}
|      - {name: same, given: {changed: 0.01, otherwise: 0.99}}
RUN printf 'changed\nv\n' | aztriage walk --playbooks books gate $HTTP_PORT --no-reference --here client
EXIT 0
EXPECT ISOLATED
EXPECT Put it back.
EXPECT looking again every 15 s
EXPECT CONFIRMED

NAME a workaround that did not help is not confirmed
FILE books/demo/gate.yaml
|format: 1
|title: The gate answers 5xx
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the gate fails]
|inputs: {port: {}}
|causes:
|  changed: {title: The gate was changed, seen: common, explain: Somebody changed it., fix: Change it back., docs: [/azure/test], verify: [gate], workaround: [{do: Put it back., takes: 1m, undo: Change it again.}]}
|  worn: {title: The gate is worn out, seen: common, explain: It is old., fix: Buy a new one., docs: [/azure/test]}
|steps:
|  gate:
|    probe: http
|    with: {url: "http://127.0.0.1:${port}/status/503"}
|    symptom: true
|    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: broken}]
|  recent:
|    question: Was the gate changed today?
|    answers:
|      - {name: changed, given: {changed: 0.99, otherwise: 0.01}}
|      - {name: same, given: {changed: 0.01, otherwise: 0.99}}
RUN printf 'changed\nv\n' | aztriage walk --playbooks books gate $HTTP_PORT --no-reference --here client
EXIT 3
EXPECT not fine yet
EXPECT several causes are still possible
EXPECT_NOT CONFIRMED

NAME notes, why, undo, exclude and hand over
FILE books/demo/gate.yaml
|format: 1
|title: The gate answers 5xx
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the gate fails]
|inputs:
|  port: {}
|  path: {optional: true}
|causes:
|  changed: {title: The gate was changed, seen: common, explain: Somebody changed it., fix: Change it back., docs: [/azure/test]}
|  worn: {title: The gate is worn out, seen: common, explain: It is old., fix: Buy a new one., docs: [/azure/test]}
|steps:
|  gate:
|    probe: http
|    with: {url: "http://127.0.0.1:${port}/status/503"}
|    symptom: true
|    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: broken}]
|  recent:
|    question: Was the gate changed today?
|    answers:
|      - {name: changed, given: {changed: always, otherwise: never}}
|      - {name: same, given: {changed: never, otherwise: always}}
RUN printf 'w\nn called at nine\nnonsense\nu\nsame\nu\nd\nx changed\n! worn\nw worn\ne\n?\nq\n' | aztriage walk --playbooks books gate $HTTP_PORT --no-reference --here client
EXIT 1
EXPECT removes about
EXPECT noted
EXPECT 'nonsense' is no answer here
EXPECT nothing to undo
EXPECT excluded
EXPECT held for certain by hand
EXPECT called at nine
EXPECT p            paste an output

NAME for the customer's eyes there are no percentages and no ids of causes
FILE books/demo/gate.yaml
|format: 1
|title: The gate answers 5xx
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the gate fails]
|inputs: {port: {}}
|causes:
|  changed: {title: The gate was changed, seen: common, explain: Somebody changed it., fix: Change it back., docs: [/azure/test], escalate: {team: Gate keepers, say: when}}
|  worn: {title: The gate is worn out, seen: common, explain: It is old., fix: Buy a new one., docs: [/azure/test]}
|steps:
|  gate:
|    probe: http
|    with: {url: "http://127.0.0.1:${port}/status/503"}
|    symptom: true
|    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: broken}]
|  recent:
|    question: Was the gate changed today?
|    answers:
|      - {name: changed, given: {changed: 0.99, otherwise: 0.01}}
|      - {name: same, given: {changed: 0.01, otherwise: 0.99}}
RUN printf 'w\nchanged\nw\nq\n' | aztriage walk --playbooks books gate $HTTP_PORT --no-reference --here client --for customer
EXIT 1
EXPECT The gate was changed
EXPECT_NOT %
EXPECT_NOT Gate keepers

NAME a walk asks for what is missing, and again after a mistake
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
|    with: {url: "http://127.0.0.1:${port}/status/200"}
|    symptom: true
|    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: broken}]
|  recent:
|    question: Was the gate changed today?
|    answers:
|      - {name: changed, given: {changed: always, otherwise: never}}
|      - {name: same, given: {changed: never, otherwise: always}}
RUN printf "70000\n$HTTP_PORT\nq\n" | aztriage walk --playbooks books gate --no-reference --here client
EXIT 0
EXPECT port
EXPECT fine

NAME a walk without input ends with what is missing
RUN aztriage walk front-door/5xx-from-edge --no-input
EXIT 2
EXPECT_ERR endpoint

NAME a walk of two playbooks is refused
RUN aztriage walk front-door/5xx-from-edge app-service/site-5xx --no-input
EXIT 2
EXPECT_ERR walk takes one playbook
