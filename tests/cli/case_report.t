# Cases as documents: for engineering and for the customer, with stand-ins and back.

NAME for engineering: ids, times in UTC, commands and real names, notes in their place
FILE books/demo/gate.yaml
|format: 1
|title: The gate answers 5xx
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the gate fails]
|inputs: {port: {}, host: {}}
|causes:
|  changed: {title: The gate was changed, seen: common, explain: Somebody changed it., fix: Change it back., docs: [/azure/test], escalate: {team: Gates, say: the time in UTC}, workaround: [{do: Put it back., command: "az gate set --host ${host}", takes: 1m, undo: Change it again.}]}
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
RUN aztriage run --record --playbooks books gate $HTTP_PORT gate.shop.contoso.com -a recent=changed --no-reference --ticket 2611240040001234 > first.txt 2> first.err
RUN aztriage case note 'the customer deployed at nine' 2> note.err
RUN aztriage case report --playbooks books
EXPECT 2611240040001234
EXPECT The gate was changed
EXPECT x-request-id
EXPECT UTC
EXPECT gate.shop.contoso.com
EXPECT the customer deployed at nine
EXPECT aztriage probe http
EXPECT Gates
EXPECT_NOT host-1

NAME for the customer: stand-ins, no team, no note, no percentage
FILE books/demo/gate.yaml
|format: 1
|title: The gate answers 5xx
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the gate fails]
|inputs: {port: {}, host: {}}
|causes:
|  changed: {title: The gate was changed, seen: common, explain: Somebody changed it., fix: Change it back., docs: [/azure/test], escalate: {team: Gates, say: the time in UTC}, workaround: [{do: Put it back., command: "az gate set --host ${host}", takes: 1m, undo: Change it again.}]}
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
RUN aztriage run --record --playbooks books gate $HTTP_PORT gate.shop.contoso.com -a recent=changed --no-reference --ticket 2611240040001234 > first.txt 2> first.err
RUN aztriage case note 'the customer deployed at nine' 2> note.err
RUN aztriage case report --playbooks books --for customer
EXPECT The gate was changed
EXPECT Put it back.
EXPECT .example
EXPECT put your own names in place of stand-ins
EXPECT_NOT contoso
EXPECT_NOT Gates
EXPECT_NOT deployed at nine
EXPECT_NOT %

NAME stand-ins are the same in every report of a case, and an answer that quotes one is turned back
FILE books/demo/gate.yaml
|format: 1
|title: The gate answers 5xx
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the gate fails]
|inputs: {port: {}, host: {}}
|causes:
|  changed: {title: The gate was changed, seen: common, explain: Somebody changed it., fix: Change it back., docs: [/azure/test], escalate: {team: Gates, say: the time in UTC}, workaround: [{do: Put it back., command: "az gate set --host ${host}", takes: 1m, undo: Change it again.}]}
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
RUN aztriage run --record --playbooks books gate $HTTP_PORT gate.shop.contoso.com -a recent=changed --no-reference --ticket 2611240040001234 > first.txt 2> first.err
RUN one=$(aztriage case report --playbooks books --for customer | grep -o 'host-1\.[a-z0-9.-]*' | sort -u)
RUN two=$(aztriage case report --playbooks books --pseudonyms yes -o json | grep -o 'host-1\.[a-z0-9.-]*' | sort -u)
RUN test -n "$one" && test "$one" = "$two" && echo same stand-ins
RUN printf '> restart %s\n' "${one^^}" | aztriage case report --playbooks books --decode -
EXPECT same stand-ins
EXPECT > restart gate.shop.contoso.com

NAME files: the name's end chooses the format, --output has the last word, only the owner reads them
FILE books/demo/gate.yaml
|format: 1
|title: The gate answers 5xx
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the gate fails]
|inputs: {port: {}, host: {}}
|causes:
|  changed: {title: The gate was changed, seen: common, explain: Somebody changed it., fix: Change it back., docs: [/azure/test], escalate: {team: Gates, say: the time in UTC}, workaround: [{do: Put it back., command: "az gate set --host ${host}", takes: 1m, undo: Change it again.}]}
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
RUN aztriage run --record --playbooks books gate $HTTP_PORT gate.shop.contoso.com -a recent=changed --no-reference --ticket 2611240040001234 > first.txt 2> first.err
RUN aztriage case report --playbooks books --output-file r.html && head -c 15 r.html && stat -c ' %a' r.html
RUN aztriage case report --playbooks books --output-file r.md && head -n 1 r.md
RUN aztriage case report --playbooks books --output-file r.md -o json && python3 -c "import json; print('schema', json.load(open('r.md'))['schema'])"
EXPECT <!doctype html> 600
EXPECT # 
EXPECT schema 1

NAME as JSON
FILE books/demo/gate.yaml
|format: 1
|title: The gate answers 5xx
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the gate fails]
|inputs: {port: {}, host: {}}
|causes:
|  changed: {title: The gate was changed, seen: common, explain: Somebody changed it., fix: Change it back., docs: [/azure/test], escalate: {team: Gates, say: the time in UTC}, workaround: [{do: Put it back., command: "az gate set --host ${host}", takes: 1m, undo: Change it again.}]}
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
RUN aztriage run --record --playbooks books gate $HTTP_PORT gate.shop.contoso.com -a recent=changed --no-reference --ticket 2611240040001234 > first.txt 2> first.err
RUN aztriage case report --playbooks books -o json
EXPECT_JSON schema=1
EXPECT_JSON ticket=2611240040001234

NAME an exported case makes the same report; its stand-ins stay where it was recorded
FILE books/demo/gate.yaml
|format: 1
|title: The gate answers 5xx
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the gate fails]
|inputs: {port: {}, host: {}}
|causes:
|  changed: {title: The gate was changed, seen: common, explain: Somebody changed it., fix: Change it back., docs: [/azure/test], escalate: {team: Gates, say: the time in UTC}, workaround: [{do: Put it back., command: "az gate set --host ${host}", takes: 1m, undo: Change it again.}]}
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
RUN aztriage run --record --playbooks books gate $HTTP_PORT gate.shop.contoso.com -a recent=changed --no-reference --ticket 2611240040001234 > first.txt 2> first.err
RUN aztriage case report --playbooks books > here.txt
RUN aztriage case export > out.jsonl && HOME=$PWD/other aztriage case report out.jsonl --playbooks books > there.txt
RUN test -s here.txt && diff <(sed '/^ *Case  */d' here.txt) <(sed '/^ *Case  */d' there.txt) && echo the same
EXPECT the same

NAME a secret that got onto a case by another hand leaves in no report
FILE books/demo/gate.yaml
|format: 1
|title: The gate answers 5xx
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the gate fails]
|inputs: {port: {}, host: {}}
|causes:
|  changed: {title: The gate was changed, seen: common, explain: Somebody changed it., fix: Change it back., docs: [/azure/test], escalate: {team: Gates, say: the time in UTC}, workaround: [{do: Put it back., command: "az gate set --host ${host}", takes: 1m, undo: Change it again.}]}
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
RUN aztriage run --record --playbooks books gate $HTTP_PORT gate.shop.contoso.com -a recent=changed --no-reference --ticket 2611240040001234 > first.txt 2> first.err
RUN file=$(echo .local/state/aztriage/cases/*.jsonl)
RUN last=$(tail -n 1 $file) && aztriage case note 'marker-of-a-note' 2> note.err
RUN sed -i 's/marker-of-a-note/AccountKey=c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2Vjcg==/' $file
RUN aztriage case report --playbooks books --output-file r.html; code=$?; test ! -e r.html && echo nothing was written; exit $code
EXIT 4
EXPECT nothing was written
EXPECT_ERR was not written, since what looks like a secret
EXPECT_NOT c2VjcmV0

NAME options that exclude each other
FILE books/demo/gate.yaml
|format: 1
|title: The gate answers 5xx
|summary: For a test.
|reviewed: 2026-11-24
|symptoms: [the gate fails]
|inputs: {port: {}, host: {}}
|causes:
|  changed: {title: The gate was changed, seen: common, explain: Somebody changed it., fix: Change it back., docs: [/azure/test], escalate: {team: Gates, say: the time in UTC}, workaround: [{do: Put it back., command: "az gate set --host ${host}", takes: 1m, undo: Change it again.}]}
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
RUN aztriage run --record --playbooks books gate $HTTP_PORT gate.shop.contoso.com -a recent=changed --no-reference --ticket 2611240040001234 > first.txt 2> first.err
RUN aztriage case report --playbooks books --decode x --for customer
EXIT 2
EXPECT_ERR --decode and --for exclude each other

NAME no case at all
RUN aztriage case report
EXIT 2
EXPECT_ERR there is no case
