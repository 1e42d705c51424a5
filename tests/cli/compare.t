NAME two saved looks that are the same, but for times and ids
RUN aztriage probe http http://127.0.0.1:$HTTP_PORT/page/shop -o json > a.json; aztriage probe http http://127.0.0.1:$HTTP_PORT/page/shop -o json > b.json; aztriage compare a.json b.json
EXPECT the same in every layer
EXPECT new in each answer

NAME the first layer at which they differ, and then the rest
RUN aztriage probe http http://127.0.0.1:$HTTP_PORT/heals/saved/1 -o json > a.json; aztriage probe http http://127.0.0.1:$HTTP_PORT/heals/saved/1 -o json > b.json; aztriage compare a.json b.json
EXIT 1
EXPECT the same up to here: resolve, connect, proxy, handshake, request
EXPECT DIFFERS first at response
EXPECT 503 | 200

NAME the same as JSON
RUN aztriage probe http http://127.0.0.1:$HTTP_PORT/heals/json/1 -o json > a.json; aztriage probe http http://127.0.0.1:$HTTP_PORT/heals/json/1 -o json > b.json; aztriage compare a.json b.json -o json
EXIT 1
EXPECT_JSON schema=1
EXPECT_JSON same=false
EXPECT_JSON layer=response

NAME a refused connection differs at connect
RUN aztriage probe tcp 127.0.0.1:$HTTP_PORT -o json > a.json; aztriage probe tcp 127.0.0.1:$CLOSED_PORT -o json > b.json; aztriage compare a.json b.json -o json
EXIT 1
EXPECT_JSON layer=connect
EXPECT_JSON differences.0.name=failure
EXPECT_JSON differences.0.a=none

NAME two routes: another target
RUN aztriage compare http http://127.0.0.1:$HTTP_PORT/status/502 http://127.0.0.1:$HTTP_PORT/ -o json
EXIT 1
EXPECT_JSON layer=response

NAME two ways to the same
RUN aztriage compare http http://127.0.0.1:$HTTP_PORT/page/x --via address=127.0.0.1 --via family=4 -o json
EXPECT_JSON same=true
EXPECT_JSON layer=null

NAME a single --via is the other way
RUN aztriage compare http http://127.0.0.1:$HTTP_PORT/ --via proxy=http://127.0.0.1:$CLOSED_PORT -o json
EXIT 1
EXPECT_JSON layer=proxy
EXPECT_JSON differences.0.name=failure

NAME two runs of a playbook
RUN aztriage run front-door/5xx-from-edge -s endpoint=127.0.0.1 -s origin=127.0.0.1 --connect-to 127.0.0.1:443:127.0.0.1:$CLOSED_PORT --no-reference --deadline 5s -o json > a.json; aztriage compare a.json a.json
EXPECT the same in every layer

NAME a file from standard input
RUN aztriage probe tcp 127.0.0.1:$HTTP_PORT -o json > a.json; cat a.json | aztriage compare a.json -
EXPECT the same in every layer

NAME a watch is compared by its last look
RUN aztriage probe http http://127.0.0.1:$HTTP_PORT/heals/watch/1 --repeat 2 -o json > a.json; aztriage probe http http://127.0.0.1:$HTTP_PORT/heals/watch/1 -o json > b.json; aztriage compare a.json b.json
EXPECT the same in every layer

NAME a file that is not there
RUN aztriage compare ./nowhere.json ./other.json -o json
EXIT 2
EXPECT_JSON schema=1
EXPECT_ERR nowhere.json

NAME a file that is no result
FILE notes.json
|{"a": 1}
RUN aztriage compare notes.json notes.json
EXIT 2
EXPECT_ERR is no result of aztriage
EXPECT_ERR run -o json

NAME neither a file nor a probe
RUN aztriage compare htpp contoso.com
EXIT 2
EXPECT_ERR neither a file nor a probe
EXPECT_ERR did you mean 'http'?

NAME only one way
RUN aztriage compare http contoso.com
EXIT 2
EXPECT_ERR there is only one way to compare
EXPECT_ERR --via

NAME a way with an unknown parameter
RUN aztriage compare http contoso.com --via famly=4
EXIT 2
EXPECT_ERR famly

NAME files take no ways
RUN aztriage compare ./a.json ./b.json --via family=4
EXIT 2
EXPECT_ERR not for files

NAME one file alone
RUN aztriage compare ./a.json
EXIT 2
EXPECT_ERR second file
