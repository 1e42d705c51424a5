NAME an unknown playbook gets the nearest
RUN aztriage run front-door/5xx-from-egde -o json
EXIT 2
EXPECT_JSON schema=1
EXPECT_ERR front-door/5xx-from-edge

NAME a missing input is named
RUN aztriage run front-door/5xx-from-edge -o json
EXIT 2
EXPECT_JSON schema=1
EXPECT_ERR endpoint

NAME an unknown input gets the nearest
RUN aztriage run front-door/5xx-from-edge -s endpiont=shop.contoso.com -o json
EXIT 2
EXPECT_JSON error.hint=did you mean 'endpoint'?

NAME a host name with spaces
RUN aztriage run front-door/5xx-from-edge -s 'endpoint=shop contoso.com' -o json
EXIT 2
EXPECT_JSON schema=1
EXPECT_ERR endpoint

NAME a URL where a host is due
RUN aztriage run front-door/5xx-from-edge ftp://shop.contoso.com -o json
EXIT 2
EXPECT_JSON schema=1

NAME a value too many
RUN aztriage run app-service/site-5xx a.contoso.com b c d e f g h i j k l m n o p q r s t u v w x y z -o json
EXIT 2
EXPECT_JSON schema=1
EXPECT_ERR is one value more than the playbook

NAME --set without an equals sign
RUN aztriage run front-door/5xx-from-edge -s endpoint
EXIT 2
EXPECT_ERR 'endpoint' is not NAME=VALUE

NAME an answer of an unknown step
RUN aztriage run front-door/5xx-from-edge shop.contoso.com -a no-such-step=x -o json
EXIT 2
EXPECT_JSON schema=1
EXPECT_ERR has no step 'no-such-step'

NAME a file of inputs that is not there
RUN aztriage run front-door/5xx-from-edge --inputs nowhere.yaml -o json
EXIT 2
EXPECT_JSON schema=1
EXPECT_ERR nowhere.yaml

NAME a file of inputs that is a list
FILE in.yaml
|- endpoint
RUN aztriage run front-door/5xx-from-edge --inputs in.yaml
EXIT 2
EXPECT_ERR is not a map of names and values

NAME a broken file of inputs has a place
FILE in.yaml
|endpoint: [
RUN aztriage run front-door/5xx-from-edge --inputs in.yaml -o json
EXIT 2
EXPECT_JSON schema=1
EXPECT_ERR in.yaml:

NAME a misspelt name in a file of inputs
FILE in.json
|{"endpoinnt": "shop.contoso.com"}
RUN aztriage run front-door/5xx-from-edge --inputs in.json
EXIT 2
EXPECT_ERR did you mean 'endpoint'?

NAME inputs from standard input are taken
STDIN {"endpoint": "shop contoso.com"}
RUN aztriage run front-door/5xx-from-edge --inputs - -o json
EXIT 2
EXPECT_JSON schema=1
EXPECT_ERR endpoint

NAME inputs from the environment are taken
RUN AZTRIAGE_INPUT_ENDPOINT='shop contoso.com' aztriage run front-door/5xx-from-edge
EXIT 2
EXPECT_ERR endpoint

NAME standard input can be read once
RUN aztriage run front-door/5xx-from-edge --inputs - --answers - -o json
EXIT 2
EXPECT_JSON error.what=standard input can be read only once

NAME too many runs
RUN aztriage run front-door/5xx-from-edge $(for i in $(seq 101); do echo -s endpoint=h$i.contoso.com; done) -o json
EXIT 2
EXPECT_JSON error.what=these inputs make more than 100 runs

NAME a report of an unknown format
RUN aztriage run front-door/5xx-from-edge shop.contoso.com --report junti=x.xml -o json
EXIT 2
EXPECT_JSON schema=1

NAME a secret on the command line is refused
FILE over/shop/key.yaml
|format: 1
|title: With a key
|inputs: {key: {}}
|causes: {a: {title: A, fix: Do it.}}
|steps: {s: {question: Is it so?, answers: [{name: yes, given: {a: always, otherwise: never}}, {name: no}]}}
RUN aztriage run shop/key --playbooks over -s key=hunter2 -o json
EXIT 2
EXPECT_JSON schema=1
EXPECT_ERR AZTRIAGE_INPUT_KEY
EXPECT_NOT hunter2

NAME a walk without a terminal and without a playbook says what to do
RUN aztriage walk --no-input -o json
EXIT 2
EXPECT_JSON schema=1
