# A playbook of this file looks at the server beside the tests, so that reports have something to tell.

NAME an HTML report is one well-formed file without scripts and without anything from elsewhere
FILE demo/web.yaml
|format: 1
|title: The page <b>fails</b> | often
|reviewed: 2026-11-20
|symptoms: [the page fails]
|inputs: {url: {}}
|causes:
|  down:
|    title: The service answers with errors
|    seen: common
|    workaround: [{do: Restart it., command: "az webapp restart -g shop-rg -n shop", takes: 1 min, undo: Nothing to undo.}]
|    fix: Mend the service.
|  other-thing: {title: Something else, seen: rare}
|steps:
|  page:
|    probe: http
|    with: {url: "${url}"}
|    symptom: true
|    outcomes:
|      - {name: served, fine: true, when: {status: {below: 500}}}
|      - {name: error, exact: true, given: {down: certain, otherwise: impossible}}
RUN aztriage run demo/web.yaml http://127.0.0.1:$HTTP_PORT/status/503 --no-reference --report html=r.html -q >/dev/null; echo "code $?"
RUN xmllint --noout --nonet --html r.html 2>&1 | grep -v 'Tag \(main\|nav\|section\|header\|footer\|figure\|figcaption\|svg\|title\|desc\|rect\|line\|text\|g\) invalid' | grep -c 'error' || true
RUN grep -c '<script\|<link\|<img\|<iframe\|javascript:\|onload=\|@import\|url(' r.html || true
RUN grep -o "default-src 'none'" r.html; grep -o '<h1>.*</h1>' r.html; stat -c %a r.html
EXPECT code 1
EXPECT default-src 'none'
EXPECT <h1>The page &lt;b&gt;fails&lt;/b&gt; | often</h1>
EXPECT 600
NEEDS xmllint

NAME Markdown on standard output, with what comes from the playbook escaped
FILE demo/web.yaml
|format: 1
|title: The page <b>fails</b> | often
|reviewed: 2026-11-20
|symptoms: [the page fails]
|inputs: {url: {}}
|causes:
|  down: {title: "It answers `errors`", seen: common}
|  other-thing: {title: Something else, seen: rare}
|steps:
|  page:
|    probe: http
|    with: {url: "${url}"}
|    symptom: true
|    outcomes:
|      - {name: served, fine: true, when: {status: {below: 500}}}
|      - {name: error, exact: true, given: {down: certain, otherwise: impossible}}
RUN aztriage run demo/web.yaml http://127.0.0.1:$HTTP_PORT/status/503 --no-reference -o markdown -q
EXIT 1
EXPECT # The page &lt;b\>fails&lt;/b\> \| often
EXPECT_NOT It answers `errors`
EXPECT aztriage probe http http://127.0.0.1:
EXPECT x-request-id

NAME an unknown format of a report is said before anything is looked at
RUN aztriage run front-door/5xx-from-edge shop.contoso.com --report pdf=x.pdf
EXIT 2
EXPECT_ERR unknown format 'pdf'
EXPECT_ERR text, markdown, html, json, junit

NAME a link is not followed
FILE demo/web.yaml
|format: 1
|title: The page fails
|reviewed: 2026-11-20
|symptoms: [the page fails]
|inputs: {url: {}}
|causes:
|  down: {title: It answers errors, seen: common}
|  other-thing: {title: Something else, seen: rare}
|steps:
|  page:
|    probe: http
|    with: {url: "${url}"}
|    symptom: true
|    outcomes:
|      - {name: served, fine: true, when: {status: {below: 500}}}
|      - {name: error, exact: true, given: {down: certain, otherwise: impossible}}
RUN echo kept > victim; ln -s victim r.md
RUN aztriage run demo/web.yaml http://127.0.0.1:$HTTP_PORT/status/200 --no-reference --report markdown=r.md -q; code=$?; cat victim; exit $code
EXIT 4
EXPECT kept
EXPECT_ERR is a link to another place
EXPECT_ERR name the file itself
