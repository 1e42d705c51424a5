# The keys of the walk: a search in place of a name, back, lists, pins, the customer's shell, round 2, and on in another playbook.

NAME a walk without a playbook asks what is wrong, searches, and starts what is chosen by its number
FILE books/demo/gate.yaml
|format: 1
|title: The gate answers 5xx
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the gate fails]
|inputs: {port: {}}
|causes:
|  changed: {title: The gate was changed, seen: common, explain: Somebody changed it., fix: Change it back., docs: [/azure/test], verify: [gate], see: demo/hinge, workaround: [{do: Put it back., takes: 1m, undo: Change it again.}]}
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
|  paint:
|    question: Is the paint fresh?
|    lasting: true
|    answers:
|      - {name: fresh, given: {changed: usually, otherwise: rarely}}
|      - {name: old, given: {changed: rarely, otherwise: usually}}
|  door:
|    probe: tcp
|    with: {host: 127.0.0.1, port: "${port}"}
|    outcomes:
|      - {name: open, when: {connect: {exists: true}}}
|      - {name: shut, when: {failure.kind: tcp-refused}, given: {worn: usually, otherwise: sometimes}}
|      - {name: neither}
|  ask:
|    probe: dns
|    from: client
|    with: {name: gate.contoso.com}
|    outcomes:
|      - {name: private, when: {class: private}, given: {worn: usually, otherwise: sometimes}}
|      - {name: public, when: {class: public}}
FILE books/demo/hinge.yaml
|format: 1
|title: The hinge squeaks
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the hinge squeaks]
|inputs: {port: {}}
|causes:
|  dry: {title: The hinge is dry, seen: common, explain: No oil., fix: Oil it., docs: [/azure/test]}
|  bent: {title: The hinge is bent, seen: common, explain: It is bent., fix: Buy a new one., docs: [/azure/test]}
|steps:
|  hinge:
|    probe: http
|    with: {url: "http://127.0.0.1:${port}/status/503"}
|    symptom: true
|    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: broken}]
|  oil:
|    question: When was it oiled?
|    answers:
|      - {name: never, given: {dry: 0.99, otherwise: 0.01}}
|      - {name: today, given: {dry: 0.01, otherwise: 0.99}}
RUN printf "it is the and of\nsqueaks when the gate opens\n2\n$HTTP_PORT\nnever\nq\n" | aztriage walk --playbooks books --no-reference --here client
EXIT 1
EXPECT What is wrong, in the customer's words?
EXPECT No playbook has these words
EXPECT 2  demo/hinge  The hinge squeaks
EXPECT words squeaks
EXPECT demo/hinge, reviewed 2026-11-24
EXPECT ISOLATED

NAME any earlier answer is asked again, by its number or name, and an input, too
FILE books/demo/gate.yaml
|format: 1
|title: The gate answers 5xx
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the gate fails]
|inputs: {port: {}}
|causes:
|  changed: {title: The gate was changed, seen: common, explain: Somebody changed it., fix: Change it back., docs: [/azure/test], verify: [gate], see: demo/hinge, workaround: [{do: Put it back., takes: 1m, undo: Change it again.}]}
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
|  paint:
|    question: Is the paint fresh?
|    lasting: true
|    answers:
|      - {name: fresh, given: {changed: usually, otherwise: rarely}}
|      - {name: old, given: {changed: rarely, otherwise: usually}}
|  door:
|    probe: tcp
|    with: {host: 127.0.0.1, port: "${port}"}
|    outcomes:
|      - {name: open, when: {connect: {exists: true}}}
|      - {name: shut, when: {failure.kind: tcp-refused}, given: {worn: usually, otherwise: sometimes}}
|      - {name: neither}
|  ask:
|    probe: dns
|    from: client
|    with: {name: gate.contoso.com}
|    outcomes:
|      - {name: private, when: {class: private}, given: {worn: usually, otherwise: sometimes}}
|      - {name: public, when: {class: public}}
FILE books/demo/hinge.yaml
|format: 1
|title: The hinge squeaks
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the hinge squeaks]
|inputs: {port: {}}
|causes:
|  dry: {title: The hinge is dry, seen: common, explain: No oil., fix: Oil it., docs: [/azure/test]}
|  bent: {title: The hinge is bent, seen: common, explain: It is bent., fix: Buy a new one., docs: [/azure/test]}
|steps:
|  hinge:
|    probe: http
|    with: {url: "http://127.0.0.1:${port}/status/503"}
|    symptom: true
|    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: broken}]
|  oil:
|    question: When was it oiled?
|    answers:
|      - {name: never, given: {dry: 0.99, otherwise: 0.01}}
|      - {name: today, given: {dry: 0.01, otherwise: 0.99}}
RUN printf 'b\nchanged\nb\nb 1\nsame\nb recent\nb nothing\nb port\n70000\nb port 0\nq\n' | aztriage walk --playbooks books gate $HTTP_PORT --no-reference --here outside
EXIT 3
EXPECT nothing was answered yet
EXPECT 1  recent  changed (person)
EXPECT b NUMBER or b NAME asks that one again; inputs: port
EXPECT there is no answer 'nothing'
EXPECT Which port?
EXPECT ISOLATED

NAME a secret that is typed where none belongs is not shown again
FILE books/demo/gate.yaml
|format: 1
|title: The gate answers 5xx
|inputs: {port: {}}
|causes: {changed: {title: The gate was changed, fix: Change it back.}}
|steps: {recent: {question: Was the gate changed today?, answers: [{name: changed, given: {changed: 0.99, otherwise: 0.01}}, {name: same}]}}
RUN printf 'password=Sesame-Open\n1\nv password=Sesame-Open\nxx AccountKey=Sesame-Open-2\nq\n' | aztriage walk gate --playbooks books --no-reference 2>&1
EXIT 3
EXPECT ***
EXPECT_NOT Sesame

NAME every cause is listed with what rules it out, and a pin is listed and taken back
FILE books/demo/gate.yaml
|format: 1
|title: The gate answers 5xx
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the gate fails]
|inputs: {port: {}}
|causes:
|  changed: {title: The gate was changed, seen: common, explain: Somebody changed it., fix: Change it back., docs: [/azure/test], verify: [gate], see: demo/hinge, workaround: [{do: Put it back., takes: 1m, undo: Change it again.}]}
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
|  paint:
|    question: Is the paint fresh?
|    lasting: true
|    answers:
|      - {name: fresh, given: {changed: usually, otherwise: rarely}}
|      - {name: old, given: {changed: rarely, otherwise: usually}}
|  door:
|    probe: tcp
|    with: {host: 127.0.0.1, port: "${port}"}
|    outcomes:
|      - {name: open, when: {connect: {exists: true}}}
|      - {name: shut, when: {failure.kind: tcp-refused}, given: {worn: usually, otherwise: sometimes}}
|      - {name: neither}
|  ask:
|    probe: dns
|    from: client
|    with: {name: gate.contoso.com}
|    outcomes:
|      - {name: private, when: {class: private}, given: {worn: usually, otherwise: sometimes}}
|      - {name: public, when: {class: public}}
FILE books/demo/hinge.yaml
|format: 1
|title: The hinge squeaks
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the hinge squeaks]
|inputs: {port: {}}
|causes:
|  dry: {title: The hinge is dry, seen: common, explain: No oil., fix: Oil it., docs: [/azure/test]}
|  bent: {title: The hinge is bent, seen: common, explain: It is bent., fix: Buy a new one., docs: [/azure/test]}
|steps:
|  hinge:
|    probe: http
|    with: {url: "http://127.0.0.1:${port}/status/503"}
|    symptom: true
|    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: broken}]
|  oil:
|    question: When was it oiled?
|    answers:
|      - {name: never, given: {dry: 0.99, otherwise: 0.01}}
|      - {name: today, given: {dry: 0.01, otherwise: 0.99}}
RUN printf 'changed\nl\nw worn\nx worn\nx\n- worn\n- worn\nx nobody\nq\n' | aztriage walk --playbooks books gate $HTTP_PORT --no-reference --here outside
EXIT 1
EXPECT worn, unlikely: recent is changed
EXPECT against: recent is changed (strong)
EXPECT worn, excluded
EXPECT left to the evidence again
EXPECT it is neither excluded nor held for certain
EXPECT there is no cause 'nobody'

NAME what would change the mind is said
FILE books/demo/gate.yaml
|format: 1
|title: The gate answers 5xx
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the gate fails]
|inputs: {port: {}}
|causes:
|  changed: {title: The gate was changed, seen: common, explain: Somebody changed it., fix: Change it back., docs: [/azure/test], verify: [gate], see: demo/hinge, workaround: [{do: Put it back., takes: 1m, undo: Change it again.}]}
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
|  paint:
|    question: Is the paint fresh?
|    lasting: true
|    answers:
|      - {name: fresh, given: {changed: usually, otherwise: rarely}}
|      - {name: old, given: {changed: rarely, otherwise: usually}}
|  door:
|    probe: tcp
|    with: {host: 127.0.0.1, port: "${port}"}
|    outcomes:
|      - {name: open, when: {connect: {exists: true}}}
|      - {name: shut, when: {failure.kind: tcp-refused}, given: {worn: usually, otherwise: sometimes}}
|      - {name: neither}
|  ask:
|    probe: dns
|    from: client
|    with: {name: gate.contoso.com}
|    outcomes:
|      - {name: private, when: {class: private}, given: {worn: usually, otherwise: sometimes}}
|      - {name: public, when: {class: public}}
FILE books/demo/hinge.yaml
|format: 1
|title: The hinge squeaks
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the hinge squeaks]
|inputs: {port: {}}
|causes:
|  dry: {title: The hinge is dry, seen: common, explain: No oil., fix: Oil it., docs: [/azure/test]}
|  bent: {title: The hinge is bent, seen: common, explain: It is bent., fix: Buy a new one., docs: [/azure/test]}
|steps:
|  hinge:
|    probe: http
|    with: {url: "http://127.0.0.1:${port}/status/503"}
|    symptom: true
|    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: broken}]
|  oil:
|    question: When was it oiled?
|    answers:
|      - {name: never, given: {dry: 0.99, otherwise: 0.01}}
|      - {name: today, given: {dry: 0.01, otherwise: 0.99}}
RUN printf 'w worn\nq\n' | aztriage walk --playbooks books gate $HTTP_PORT --no-reference --here outside
EXIT 3
EXPECT would change it: recent is 

NAME after a verified fix the symptom goes on: round 2 keeps what lasts and asks the rest again
FILE books/demo/gate.yaml
|format: 1
|title: The gate answers 5xx
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the gate fails]
|inputs: {port: {}}
|causes:
|  changed: {title: The gate was changed, seen: common, explain: Somebody changed it., fix: Change it back., docs: [/azure/test], verify: [gate], see: demo/hinge, workaround: [{do: Put it back., takes: 1m, undo: Change it again.}]}
|  worn: {title: The gate is worn out, seen: common, explain: It is old., fix: Buy a new one., docs: [/azure/test]}
|steps:
|  gate:
|    probe: http
|    with: {url: "http://127.0.0.1:${port}/heals/second/1"}
|    symptom: true
|    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: broken}]
|  recent:
|    question: Was the gate changed today?
|    answers:
|      - {name: changed, given: {changed: 0.99, otherwise: 0.01}}
|      - {name: same, given: {changed: 0.01, otherwise: 0.99}}
|  paint:
|    question: Is the paint fresh?
|    lasting: true
|    answers:
|      - {name: fresh, given: {changed: usually, otherwise: rarely}}
|      - {name: old, given: {changed: rarely, otherwise: usually}}
|  door:
|    probe: tcp
|    with: {host: 127.0.0.1, port: "${port}"}
|    outcomes:
|      - {name: open, when: {connect: {exists: true}}}
|      - {name: shut, when: {failure.kind: tcp-refused}, given: {worn: usually, otherwise: sometimes}}
|      - {name: neither}
|  ask:
|    probe: dns
|    from: client
|    with: {name: gate.contoso.com}
|    outcomes:
|      - {name: private, when: {class: private}, given: {worn: usually, otherwise: sometimes}}
|      - {name: public, when: {class: public}}
FILE books/demo/hinge.yaml
|format: 1
|title: The hinge squeaks
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the hinge squeaks]
|inputs: {port: {}}
|causes:
|  dry: {title: The hinge is dry, seen: common, explain: No oil., fix: Oil it., docs: [/azure/test]}
|  bent: {title: The hinge is bent, seen: common, explain: It is bent., fix: Buy a new one., docs: [/azure/test]}
|steps:
|  hinge:
|    probe: http
|    with: {url: "http://127.0.0.1:${port}/status/503"}
|    symptom: true
|    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: broken}]
|  oil:
|    question: When was it oiled?
|    answers:
|      - {name: never, given: {dry: 0.99, otherwise: 0.01}}
|      - {name: today, given: {dry: 0.01, otherwise: 0.99}}
RUN printf 'same\nb recent\nchanged\nv\n3\n2\nb\nq\n' | aztriage walk --playbooks books gate $HTTP_PORT --no-reference --here outside
EXIT 0
EXPECT CONFIRMED
EXPECT Does the customer still see the fault?
EXPECT 1 or 2; q leaves
EXPECT ROUND 2 of this call
EXPECT Was the gate changed today?

NAME a workaround that did not help says so, and the walk goes on; the customer may tell where no look can
FILE books/demo/gate.yaml
|format: 1
|title: The gate answers 5xx
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the gate fails]
|inputs: {port: {}}
|causes:
|  changed: {title: The gate was changed, seen: common, explain: Somebody changed it., fix: Change it back., docs: [/azure/test], verify: [gate], see: demo/hinge, workaround: [{do: Put it back., takes: 1m, undo: Change it again.}]}
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
|  paint:
|    question: Is the paint fresh?
|    lasting: true
|    answers:
|      - {name: fresh, given: {changed: usually, otherwise: rarely}}
|      - {name: old, given: {changed: rarely, otherwise: usually}}
|  door:
|    probe: tcp
|    with: {host: 127.0.0.1, port: "${port}"}
|    outcomes:
|      - {name: open, when: {connect: {exists: true}}}
|      - {name: shut, when: {failure.kind: tcp-refused}, given: {worn: usually, otherwise: sometimes}}
|      - {name: neither}
|  ask:
|    probe: dns
|    from: client
|    with: {name: gate.contoso.com}
|    outcomes:
|      - {name: private, when: {class: private}, given: {worn: usually, otherwise: sometimes}}
|      - {name: public, when: {class: public}}
FILE books/demo/hinge.yaml
|format: 1
|title: The hinge squeaks
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the hinge squeaks]
|inputs: {port: {}}
|causes:
|  dry: {title: The hinge is dry, seen: common, explain: No oil., fix: Oil it., docs: [/azure/test]}
|  bent: {title: The hinge is bent, seen: common, explain: It is bent., fix: Buy a new one., docs: [/azure/test]}
|steps:
|  hinge:
|    probe: http
|    with: {url: "http://127.0.0.1:${port}/status/503"}
|    symptom: true
|    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: broken}]
|  oil:
|    question: When was it oiled?
|    answers:
|      - {name: never, given: {dry: 0.99, otherwise: 0.01}}
|      - {name: today, given: {dry: 0.01, otherwise: 0.99}}
RUN printf 'changed\nt\nv no\nt worn\nv nobody\nq\n' | aztriage walk --playbooks books gate $HTTP_PORT --no-reference --here outside
EXIT 3
EXPECT do now         Put it back.
EXPECT v verifies it
EXPECT it did not help; on with the rest
EXPECT there is no workaround for it
EXPECT there is no cause 'nobody'

NAME a cause that lives elsewhere is followed there with all that is known
FILE books/demo/gate.yaml
|format: 1
|title: The gate answers 5xx
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the gate fails]
|inputs: {port: {}}
|causes:
|  changed: {title: The gate was changed, seen: common, explain: Somebody changed it., fix: Change it back., docs: [/azure/test], verify: [gate], see: demo/hinge, workaround: [{do: Put it back., takes: 1m, undo: Change it again.}]}
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
|  paint:
|    question: Is the paint fresh?
|    lasting: true
|    answers:
|      - {name: fresh, given: {changed: usually, otherwise: rarely}}
|      - {name: old, given: {changed: rarely, otherwise: usually}}
|  door:
|    probe: tcp
|    with: {host: 127.0.0.1, port: "${port}"}
|    outcomes:
|      - {name: open, when: {connect: {exists: true}}}
|      - {name: shut, when: {failure.kind: tcp-refused}, given: {worn: usually, otherwise: sometimes}}
|      - {name: neither}
|  ask:
|    probe: dns
|    from: client
|    with: {name: gate.contoso.com}
|    outcomes:
|      - {name: private, when: {class: private}, given: {worn: usually, otherwise: sometimes}}
|      - {name: public, when: {class: public}}
FILE books/demo/hinge.yaml
|format: 1
|title: The hinge squeaks
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the hinge squeaks]
|inputs: {port: {}}
|causes:
|  dry: {title: The hinge is dry, seen: common, explain: No oil., fix: Oil it., docs: [/azure/test]}
|  bent: {title: The hinge is bent, seen: common, explain: It is bent., fix: Buy a new one., docs: [/azure/test]}
|steps:
|  hinge:
|    probe: http
|    with: {url: "http://127.0.0.1:${port}/status/503"}
|    symptom: true
|    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: broken}]
|  oil:
|    question: When was it oiled?
|    answers:
|      - {name: never, given: {dry: 0.99, otherwise: 0.01}}
|      - {name: today, given: {dry: 0.01, otherwise: 0.99}}
RUN printf 'changed\ng\nnever\nq\n' | aztriage walk --playbooks books gate $HTTP_PORT --no-reference --here outside
EXIT 1
EXPECT go on          g: in demo/hinge
EXPECT demo/hinge, reviewed 2026-11-24
EXPECT When was it oiled?
EXPECT dry: The hinge is dry

NAME what the customer saw stands beside what we saw, and counts
FILE books/demo/gate.yaml
|format: 1
|title: The gate answers 5xx
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the gate fails]
|inputs: {port: {}}
|causes:
|  changed: {title: The gate was changed, seen: common, explain: Somebody changed it., fix: Change it back., docs: [/azure/test], verify: [gate], see: demo/hinge, workaround: [{do: Put it back., takes: 1m, undo: Change it again.}]}
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
|  paint:
|    question: Is the paint fresh?
|    lasting: true
|    answers:
|      - {name: fresh, given: {changed: usually, otherwise: rarely}}
|      - {name: old, given: {changed: rarely, otherwise: usually}}
|  door:
|    probe: tcp
|    with: {host: 127.0.0.1, port: "${port}"}
|    outcomes:
|      - {name: open, when: {connect: {exists: true}}}
|      - {name: shut, when: {failure.kind: tcp-refused}, given: {worn: usually, otherwise: sometimes}}
|      - {name: neither}
|  ask:
|    probe: dns
|    from: client
|    with: {name: gate.contoso.com}
|    outcomes:
|      - {name: private, when: {class: private}, given: {worn: usually, otherwise: sometimes}}
|      - {name: public, when: {class: public}}
FILE books/demo/hinge.yaml
|format: 1
|title: The hinge squeaks
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the hinge squeaks]
|inputs: {port: {}}
|causes:
|  dry: {title: The hinge is dry, seen: common, explain: No oil., fix: Oil it., docs: [/azure/test]}
|  bent: {title: The hinge is bent, seen: common, explain: It is bent., fix: Buy a new one., docs: [/azure/test]}
|steps:
|  hinge:
|    probe: http
|    with: {url: "http://127.0.0.1:${port}/status/503"}
|    symptom: true
|    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: broken}]
|  oil:
|    question: When was it oiled?
|    answers:
|      - {name: never, given: {dry: 0.99, otherwise: 0.01}}
|      - {name: today, given: {dry: 0.01, otherwise: 0.99}}
RUN printf 'p door\n\$ nc -vz 127.0.0.1 80\nnc: connect to 127.0.0.1 port 80 (tcp) failed: Connection refused\n.\nq\n' | aztriage walk --playbooks books gate $HTTP_PORT --no-reference --here outside
EXIT 3
EXPECT 2 lines read
EXPECT customer: 
EXPECT here: 
EXPECT (differs, so it depends on the place)

NAME an output is refused with what is missing, and the shell is chosen once
FILE books/demo/gate.yaml
|format: 1
|title: The gate answers 5xx
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the gate fails]
|inputs: {port: {}}
|causes:
|  changed: {title: The gate was changed, seen: common, explain: Somebody changed it., fix: Change it back., docs: [/azure/test], verify: [gate], see: demo/hinge, workaround: [{do: Put it back., takes: 1m, undo: Change it again.}]}
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
|  paint:
|    question: Is the paint fresh?
|    lasting: true
|    answers:
|      - {name: fresh, given: {changed: usually, otherwise: rarely}}
|      - {name: old, given: {changed: rarely, otherwise: usually}}
|  door:
|    probe: tcp
|    with: {host: 127.0.0.1, port: "${port}"}
|    outcomes:
|      - {name: open, when: {connect: {exists: true}}}
|      - {name: shut, when: {failure.kind: tcp-refused}, given: {worn: usually, otherwise: sometimes}}
|      - {name: neither}
|  ask:
|    probe: dns
|    from: client
|    with: {name: gate.contoso.com}
|    outcomes:
|      - {name: private, when: {class: private}, given: {worn: usually, otherwise: sometimes}}
|      - {name: public, when: {class: public}}
FILE books/demo/hinge.yaml
|format: 1
|title: The hinge squeaks
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the hinge squeaks]
|inputs: {port: {}}
|causes:
|  dry: {title: The hinge is dry, seen: common, explain: No oil., fix: Oil it., docs: [/azure/test]}
|  bent: {title: The hinge is bent, seen: common, explain: It is bent., fix: Buy a new one., docs: [/azure/test]}
|steps:
|  hinge:
|    probe: http
|    with: {url: "http://127.0.0.1:${port}/status/503"}
|    symptom: true
|    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: broken}]
|  oil:
|    question: When was it oiled?
|    answers:
|      - {name: never, given: {dry: 0.99, otherwise: 0.01}}
|      - {name: today, given: {dry: 0.01, otherwise: 0.99}}
RUN printf 'same\nfresh\nh\nh pod\nh kudu-w\nh nowhere\np ask\nPS C:\\\\> nslookup gate.contoso.com\n.\np ask\nServeur :   dns\nAddress:  10.0.0.4\n\nNom :    gate.contoso.com\nAddress:  10.1.2.3\n.\nq\n' | aztriage walk --playbooks books gate $HTTP_PORT --no-reference --here outside
EXIT 3
EXPECT 7  serial-linux, serial console
EXPECT from now on for kubectl exec
EXPECT from now on for Kudu console
EXPECT there is no shell 'nowhere'
EXPECT only the command is there;
EXPECT 5 lines read
